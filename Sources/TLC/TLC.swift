/// Everything that a program needs to read, write, convert, compress and verify checkpoints.
@_exported public import TLCCompress
@_exported public import TLCCore
@_exported public import TLCExport
@_exported public import TLCFormat
@_exported public import TLCImport
@_exported public import TLCKernels
@_exported public import TLCModel
@_exported public import TLCPipeline
@_exported public import TLCReport
@_exported public import TLCRuntime
@_exported public import TLCSystem
@_exported public import TLCText
@_exported public import TLCTraining
