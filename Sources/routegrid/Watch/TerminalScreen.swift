import Foundation

/// The alternate screen of a terminal, redrawn as a whole; what was there before comes back when it is left.
struct TerminalScreen {
    private var isOpen = false

    /// Columns and lines of the terminal on stdout; 80 × 24 where it does not say.
    static var size: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (max(40, Int(size.ws_col)), max(10, Int(size.ws_row)))
    }

    mutating func draw(_ lines: [String]) {
        var out = isOpen ? "" : "\u{1B}[?1049h\u{1B}[?25l"
        isOpen = true
        out += "\u{1B}[H"
        let shown = lines.prefix(Self.size.height - 1)
        out += shown.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
        Console.writeData(out)
    }

    mutating func close() {
        guard isOpen else { return }
        isOpen = false
        Console.writeData("\u{1B}[?25h\u{1B}[?1049l")
    }
}
