import ArgumentParser
import TLCCommands

StandardStreams.prepare()
TLCTool.main()
