import Logging
import RouteGridBase

extension OutputOptions {
    /// A logger on stderr: `--log-level` and above; without it what informs, `--verbose` more, `--quiet` errors only.
    func makeLogger(_ label: String) -> Logger {
        var log = Logger(label: label) { label -> any LogHandler in
            logFormat == .json
                ? SafeLogHandler(JSONLogHandler(label: label))
                : SafeLogHandler(StreamLogHandler.standardError(label: label))
        }
        log.logLevel = level
        return log
    }
}

/// Prints every text of a log line in a form that is one line and harmless to a terminal: names and reasons have
/// foreign origins.
struct SafeLogHandler<Base: LogHandler>: LogHandler {
    private var base: Base
    private static var longest: Int { 4_096 }

    init(_ base: Base) { self.base = base }

    var logLevel: Logger.Level {
        get { base.logLevel }
        set { base.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue.mapValues(Self.safe) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue.map(Self.safe) }
    }

    func log(event: LogEvent) {
        var event = event
        event.message = "\(Self.line(event.message.description))"
        event.metadata = event.metadata?.mapValues(Self.safe)
        base.log(event: event)
    }

    private static func safe(_ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
        switch value {
        case .string(let text): .string(line(text))
        case .stringConvertible(let item): .string(line(item.description))
        case .array(let items): .array(items.map(safe))
        case .dictionary(let members): .dictionary(members.mapValues(safe))
        }
    }

    /// A long text keeps its start and its end.
    private static func line(_ text: String) -> String { SafeText.shortened(SafeText.line(text), to: longest) }
}
