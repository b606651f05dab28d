import Foundation
import RouteGridBase

/// The default folders of state and output: below the current folder, where people expect them.
enum StatePlace {
    static let usual = "state"

    /// Refuses to create folders in surprising places: in `/`, in the home folder, where nothing can be written, or
    /// away from the grid file.
    ///
    /// - Parameters:
    ///   - options: The options that are not given, such as `["--state", "--out"]`.
    ///   - grid: The grid file; nil for a command without one.
    /// - Throws: `usage`.
    static func check(missing options: [String], grid: String? = nil) throws(RouteGridError) {
        guard !options.isEmpty, let reason = reason(grid) else { return }
        throw RouteGridError(
            .usage,
            "\(reason); say where things go: \(options.map { "\($0) DIR" }.joined(separator: " "))"
        )
    }

    private static func reason(_ grid: String?) -> String? {
        guard let current = real("."), let shown = String(validating: current, as: UTF8.self) else {
            return "the current folder cannot be found"
        }
        if shown == "/" { return "the current folder is /" }
        if homes.contains(shown) { return "the current folder is the home folder" }
        guard access(".", W_OK | X_OK) == 0 else { return "the current folder, \(shown), cannot be written" }
        guard let grid, let file = real(grid) else { return nil }
        return file.starts(with: current + Array("/".utf8)) ? nil : "\(grid) is not below the current folder"
    }

    private static var homes: [String] {
        var homes: [String] = []
        if let home = getenv("HOME") { homes.append(String(cString: home)) }
        if let entry = getpwuid(getuid()), let home = entry.pointee.pw_dir { homes.append(String(cString: home)) }
        return homes.compactMap { real($0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The path with links resolved, as bytes; nil when there is no such file.
    private static func real(_ path: String) -> [UInt8]? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return Array(UnsafeBufferPointer(start: found, count: strlen(found))).map { UInt8(bitPattern: $0) }
    }
}
