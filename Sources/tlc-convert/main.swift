import ArgumentParser
import TLCCommands

ConvertTool.main()
