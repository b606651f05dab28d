import Foundation
import RouteGridBase

/// One line of standard input that nobody is to see.
enum SecretLine {
    /// The bytes up to the first line feed that follows something, at most `limit`; a terminal does not show them.
    ///
    /// - Throws: `badInput` when they cannot be read.
    static func read(limit: Int) throws(RouteGridError) -> [UInt8] {
        let isTerminal = tcgetattr(STDIN_FILENO, &before) == 0
        if isTerminal { silence() }
        defer { if isTerminal { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) } }
        var line = [UInt8](repeating: 0, count: limit)
        defer { explicit_bzero(&line, line.count) }
        var count = 0
        while count < limit {
            var byte: UInt8 = 0
            let got = Foundation.read(STDIN_FILENO, &byte, 1)
            if got < 0 {
                if errno == EINTR { continue }
                throw .badInput("standard input", String(cString: strerror(errno)).lowercased())
            }
            if got == 0 { break }
            if byte == 0x0A {
                if count > 0 { break }
                continue
            }
            line[count] = byte
            count += 1
        }
        return Array(line.prefix(count))
    }

    /// The terminal as it was; the handler of a signal reads it, and one line is read by a process.
    private nonisolated(unsafe) static var before = termios()

    /// Until the line is there, a terminal shows nothing; when a signal ends the process, it shows all again.
    private static func silence() {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            signal(number) { number in
                tcsetattr(STDIN_FILENO, TCSANOW, &SecretLine.before)
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    }
}
