import ClusterTrials
import Foundation
import RouteGridBase
import Wire

/// The files of a traced process as they are in the cache of the system, and as they are on disk for sure.
struct TracedDisk {
    private(set) var cached: [String: [UInt8]] = [:]
    private(set) var synced: [String: [UInt8]] = [:]

    /// - Returns: Whether the call made something durable.
    mutating func apply(_ call: SystemCallTrace.Call) -> Bool {
        switch call.name {
        case "pwrite64":
            guard call.result > 0, let offset = call.numbers.last else { return false }
            var file = cached[call.target] ?? []
            let end = offset + call.result
            if file.count < end { file += [UInt8](repeating: 0, count: end - file.count) }
            file.replaceSubrange(offset..<end, with: call.data.prefix(call.result))
            cached[call.target] = file
        case "ftruncate":
            guard call.result == 0, let length = call.numbers.last else { return false }
            let file = cached[call.target] ?? []
            cached[call.target] = Array(file.prefix(length)) + [UInt8](repeating: 0, count: max(0, length - file.count))
        case "fdatasync", "fsync":
            guard call.result == 0, let file = cached[call.target] else { return false }
            synced[call.target] = file
            return true
        default: break
        }
        return false
    }

    /// What a power cut leaves when the cache had been written back in part: everything synced, of the rest the first
    /// half.
    var torn: [String: [UInt8]] {
        var files = synced
        for (path, file) in cached {
            let base = synced[path] ?? []
            files[path] = Array(file.prefix(file.count / 2)) + base.dropFirst(file.count / 2)
        }
        return files
    }
}

/// The keys that a traced coordinator acknowledged, and when it began to send that.
struct TracedAcknowledgements {
    let keys: [(key: JobKey, line: Int)]

    init(_ trace: SystemCallTrace) {
        var readers: [String: ZMTPReader] = [:]
        var keys: [(key: JobKey, line: Int)] = []
        for call in trace.calls where call.name == "sendto" && call.target.hasPrefix("socket:") && call.result > 0 {
            for frames in readers[call.target, default: ZMTPReader()].feed(call.data.prefix(call.result)) {
                guard let message = try? WireMessage(frames: frames[...]), case .committed(let said) = message.body
                else { continue }
                for key in (try? JobKey.list(said.jobKeys, "job_keys")) ?? [] { keys.append((key, call.begun)) }
            }
        }
        self.keys = keys
    }
}
