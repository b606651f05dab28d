import COpenBLAS
import Foundation
import RouteGridBase

/// What a time depends on besides the router: the machine and the build.
enum MachineFacts {
    /// The processor's own name, such as `AMD EPYC 7B13`.
    static let processor: String = {
        let text = FileManager.default.contents(atPath: "/proc/cpuinfo").map { String(decoding: $0, as: UTF8.self) }
        let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":", maxSplits: 1).last
        return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }()

    /// Processes that ran or waited for a processor, over the last minute.
    static var load: Double {
        var averages = [0.0]
        return getloadavg(&averages, 1) == 1 ? averages[0] : .nan
    }

    #if DEBUG
    private static let build = "debug"
    #else
    private static let build = "release"
    #endif

    /// The `machine` object of a measurement that starts now.
    static var json: JSONValue {
        [
            "host": .string(ProcessInfo.processInfo.hostName), "cpu": .string(processor),
            "cores": JSONValue(ProcessInfo.processInfo.activeProcessorCount),
            "threads": JSONValue(Int(openblas_get_num_threads())),
            "load_1m": load.isNaN ? .null : .double(load), "build": .string(build),
        ]
    }
}
