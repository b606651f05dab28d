import Foundation

/// What runs on this machine, as /proc shows.
struct Processes {
    let identifier: Int32
    let words: [String]

    /// The processes whose parent is the one named.
    static func children(of parent: Int32) -> [Processes] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).compactMap { identifier in
            guard let stat = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8),
                let close = stat.lastIndex(of: ")")
            else { return nil }
            // After the name in parentheses: state, parent.
            let fields = stat[stat.index(after: close)...].split(separator: " ")
            guard fields.count > 1, Int32(fields[1]) == parent,
                let line = FileManager.default.contents(atPath: "/proc/\(identifier)/cmdline")
            else { return nil }
            let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return words.isEmpty ? nil : Processes(identifier: identifier, words: words)
        }
    }
}

extension Processes {
    /// The most memory that a process ever held, in bytes.
    static func peakMemory(of identifier: Int32) -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8) else {
            return nil
        }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }.flatMap { Int($0) }.map {
            $0 * 1024
        }
    }
}

extension Processes {
    /// Processor time that it has used, in ticks of 10 ms.
    var processorTicks: Int {
        let text = (try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return 0 }
        return user + system
    }
}
