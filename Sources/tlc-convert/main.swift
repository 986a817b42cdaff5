import ArgumentParser
import TLCCommands

StandardStreams.prepare()
ConvertTool.main()
