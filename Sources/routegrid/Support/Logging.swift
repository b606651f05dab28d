import Logging

extension OutputOptions {
    /// A logger on stderr: notices and above, `--verbose` more, `--quiet` errors only.
    func makeLogger(_ label: String) -> Logger {
        var log = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        log.logLevel = quiet ? .error : verbose ? .debug : .info
        return log
    }
}
