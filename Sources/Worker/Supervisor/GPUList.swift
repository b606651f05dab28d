import Foundation
package import RouteGridBase

/// The GPUs that a worker gives to programs, by the names that `CUDA_VISIBLE_DEVICES` takes.
package struct GPUList: Hashable, Sendable {
    /// The most that a grid can ask for.
    private static let most = 4_096

    /// Numbers or identifiers, each once.
    package var names: [String]

    package init(_ names: [String] = []) { self.names = names }

    /// - Parameter text: how many, which are the first ones, or their names with commas (`3,` is that with number 3).
    /// - Throws: `usage` for anything else, and for a name that is there twice.
    package init(parsing text: String) throws(RouteGridError) {
        if let count = Int(text) {
            guard (0...Self.most).contains(count) else {
                throw RouteGridError(.usage, "--gpus \(SafeText.line(text)): expected at most \(Self.most)")
            }
            names = (0..<count).map(String.init)
            return
        }
        let list = text.split(separator: ",").map(String.init)
        guard !list.isEmpty, list.allSatisfy(Self.isName), list.count <= Self.most else {
            throw RouteGridError(.usage, "--gpus \(SafeText.line(text)): expected a number, or names such as 0,2")
        }
        guard Set(list).count == list.count else {
            throw RouteGridError(.usage, "--gpus \(SafeText.line(text)): a name is there twice")
        }
        names = list
    }

    /// Those that the environment shows to programs of CUDA; where it says nothing, those with a device file.
    ///
    /// - Parameters:
    ///   - environment: of this process.
    ///   - devices: the folder of device files.
    /// - Returns: their names; none where there are none.
    package static func ofThisMachine(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        devices: String = "/dev"
    ) -> GPUList {
        if let visible = environment["CUDA_VISIBLE_DEVICES"] {
            // CUDA takes no notice of what comes after a name that is none, such as -1.
            let list = visible.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            var names: [String] = []
            for name in list.prefix(while: Self.isName) where !names.contains(name) { names.append(name) }
            return GPUList(names)
        }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: devices)) ?? []
        let numbers = files.compactMap { $0.hasPrefix("nvidia") ? Int($0.dropFirst("nvidia".count)) : nil }
        return GPUList((0..<numbers.count).map(String.init))
    }

    /// A number, or such as GPU-… and MIG-….
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "-"), text.utf8.count <= 128 else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    /// What several workers of one machine are given: each GPU to one of them, the first workers one more.
    package func part(_ number: Int, of workers: Int) -> GPUList {
        GPUList(names.indices.filter { $0 % workers == number }.map { names[$0] })
    }

    /// As `--gpus` takes it.
    package var text: String { names.isEmpty ? "0" : names.joined(separator: ",") + "," }
}
