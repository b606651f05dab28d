import Aggregator
import ArgumentParser
import Foundation

/// How much of a board is printed on the terminal: `@OptionGroup var board: BoardOptions`.
struct BoardOptions: ParsableArguments {
    @Flag(help: "Print every row and column of every table; without it, what fits the terminal.")
    var all = false

    var page: BoardPage { BoardPage(isWhole: all, width: BoardOptions.terminalWidth) }

    /// The columns of the terminal on stdout; nil when stdout is no terminal.
    private static var terminalWidth: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
