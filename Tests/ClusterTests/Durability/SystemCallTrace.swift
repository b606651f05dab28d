import Foundation
import RouteGridBase

/// What a process did to its files and sockets, as `strace -f -y -xx` wrote it down.
struct SystemCallTrace {
    struct Call {
        let name: String
        /// What the descriptor is of: a path, or `socket:[number]`.
        let target: String
        /// The bytes that were written or sent.
        let data: [UInt8]
        /// The numbers after them: `count, offset` of pwrite64, `length` of ftruncate.
        let numbers: [Int]
        /// Lines of the trace: no other call began or ended between two of them.
        let begun: Int
        var ended: Int
        var result: Int
    }

    /// In the order in which they began; without those that never returned.
    let calls: [Call]

    /// The options of strace that give such a file.
    static func command(_ program: [String], to path: String) -> [String] {
        let calls = "trace=pwrite64,fdatasync,fsync,ftruncate,sendto"
        return ["/usr/bin/strace", "-f", "-y", "-xx", "-s", "1000000", "-e", calls, "-e", "signal=none", "-o", path]
            + program
    }

    init(file path: String) throws {
        guard let text = FileManager.default.contents(atPath: path) else {
            throw RouteGridError(.system, "\(path): no such trace")
        }
        var found: [Call] = []
        var open: [String: Int] = [:]
        for (number, line) in text.split(separator: UInt8(ascii: "\n")).enumerated() {
            let space = line.firstIndex(of: UInt8(ascii: " ")) ?? line.endIndex
            let thread = String(decoding: line[..<space], as: UTF8.self)
            let rest = line[space...].drop { $0 == UInt8(ascii: " ") }
            if rest.starts(with: Array("<... ".utf8)) {
                guard let index = open.removeValue(forKey: thread) else { continue }
                found[index].ended = number
                found[index].result = Self.result(of: rest)
            } else if var call = Self.call(rest, at: number) {
                if rest.suffix(16).elementsEqual(Array("<unfinished ...>".utf8)) {
                    open[thread] = found.count
                } else {
                    call.result = Self.result(of: rest)
                }
                found.append(call)
            }
        }
        let unreturned = Set(open.values)
        calls = found.indices.filter { !unreturned.contains($0) }.map { found[$0] }
    }

    /// Reads `name(12<target>, "bytes", 1, 2…`.
    private static func call(_ line: Data, at number: Int) -> Call? {
        guard let parenthesis = line.firstIndex(of: UInt8(ascii: "(")),
            let opening = line[parenthesis...].firstIndex(of: UInt8(ascii: "<")),
            let closing = line[opening...].firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        let target = hexBytes(line[line.index(after: opening)..<closing])
        var rest = line[line.index(after: closing)...]
        var data: [UInt8] = []
        if rest.starts(with: Array(", \"".utf8)) {
            let first = rest.startIndex + 3
            guard let quote = line[first...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            data = hexBytes(line[first..<quote])
            rest = line[line.index(after: quote)...]
        }
        let end = rest.firstIndex { $0 == UInt8(ascii: ")") || $0 == UInt8(ascii: "<") } ?? rest.endIndex
        let numbers = String(decoding: rest[..<end], as: UTF8.self).split(separator: ",").compactMap {
            Int($0.trimmingCharacters(in: .whitespaces))
        }
        return Call(
            name: String(decoding: line[..<parenthesis], as: UTF8.self),
            target: String(decoding: target, as: UTF8.self),
            data: data,
            numbers: numbers,
            begun: number,
            ended: number,
            result: -1
        )
    }

    /// The bytes of `\x61\x62…`.
    private static func hexBytes(_ text: Data) -> [UInt8] {
        func digit(_ byte: UInt8) -> UInt8 { byte <= UInt8(ascii: "9") ? byte - 48 : byte - 87 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4)
        var place = text.startIndex + 2
        while place + 1 < text.endIndex {
            bytes.append(digit(text[place]) << 4 | digit(text[place + 1]))
            place += 4
        }
        return bytes
    }

    /// The number after the last ` = `.
    private static func result(of line: Data) -> Int {
        let text = String(decoding: line.suffix(120), as: UTF8.self)
        guard let sign = text.range(of: " = ", options: .backwards) else { return -1 }
        return Int(text[sign.upperBound...].prefix { $0.isNumber || $0 == "-" }) ?? -1
    }
}
