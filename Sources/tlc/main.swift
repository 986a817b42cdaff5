import ArgumentParser
import TLCCommands

TLCTool.main()
