import ArgumentParser
import Foundation
import Logging
import RouteGridBase

/// One JSON object a line on stderr: `time` (UTC), `level`, `label`, `message`, `metadata`.
struct JSONLogHandler: LogHandler {
    private let label: String
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        JSONLog.write(
            event.level,
            label: label,
            event.message.description,
            all.mapValues(Self.json)
        )
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let item): .string(item.description)
        case .array(let items): .array(items.map(json))
        case .dictionary(let members): .object(members.mapValues(json))
        }
    }
}

/// Messages of this process as JSON lines, once that was asked for.
enum JSONLog {
    /// The verb whose messages they are, and the least level that is written; nil for messages as text.
    private static let chosen = LockedBox<(label: String, level: Logger.Level)?>(nil)

    static func begin(label: String, level: Logger.Level) { chosen.withLock { $0 = (label, level) } }

    static var isWanted: Bool { chosen.withLock { $0 != nil } }

    /// Writes a message of the verb itself; false when messages are text.
    static func say(_ level: Logger.Level, _ message: String) -> Bool {
        guard let (label, least) = chosen.withLock({ $0 }) else { return false }
        if level >= least { write(level, label: label, message, [:]) }
        return true
    }

    /// Writes one line; a terminal can show it whatever the texts hold.
    static func write(_ level: Logger.Level, label: String, _ message: String, _ metadata: [String: JSONValue]) {
        let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        Console.writeError(
            Console.line([
                "time": .string(time), "level": .string(level.rawValue), "label": .string(label),
                "message": .string(message), "metadata": .object(metadata),
            ])
        )
    }
}

extension JSONLog {
    /// Begins when the command's options ask for it; before the command says anything.
    static func begin(for command: any ParsableCommand) {
        let options = Mirror(reflecting: command).children.lazy.compactMap { child in
            (child.value as? OptionGroup<OutputOptions>)?.wrappedValue
        }.first
        guard let options, options.logFormat == .json else { return }
        begin(label: type(of: command).configuration.commandName ?? "routegrid", level: options.level)
    }
}
