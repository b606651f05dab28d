package import RouteGridBase
package import RoutingCore

/// The programs that a worker lets `exec` routers run, by the names that grids use.
package struct AllowedPrograms: RouterPrograms {
    /// The most that a worker can tell its coordinator.
    private static let most = 64

    private let paths: [String: String]
    /// What a program may use, set for it.
    private var variables = AllowedPrograms.variables(cpus: 1, gpus: "")

    package init() { paths = [:] }

    /// - Parameters:
    ///   - pairs: `NAME=PATH` each.
    ///   - folder: what relative paths start from.
    /// - Throws: `usage` for another form, a name that no grid can use, or one that is there twice.
    package init(_ pairs: [String], in folder: String) throws(RouteGridError) {
        var paths: [String: String] = [:]
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw RouteGridError(.usage, "--allow-exec \(SafeText.line(pair)): expected NAME=PATH")
            }
            if let why = SafeText.refusal(ofName: parts[0]) {
                throw RouteGridError(.usage, "--allow-exec \(SafeText.line(pair)): its name: \(why)")
            }
            let path = parts[1].hasPrefix("/") ? parts[1] : "\(folder)/\(parts[1])"
            guard paths.updateValue(path, forKey: parts[0]) == nil else {
                throw RouteGridError(.usage, "--allow-exec: the name \(parts[0]) is there twice")
            }
        }
        guard paths.count <= Self.most else {
            throw RouteGridError(.usage, "--allow-exec: \(paths.count) programs; at most \(Self.most)")
        }
        self.paths = paths
    }

    package var names: [String] { paths.keys.sorted() }

    /// `NAME=PATH` each, sorted, with absolute paths.
    package var pairs: [String] { paths.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } }

    /// The same programs, told what they may use: they see these GPUs only, and none without any.
    ///
    /// - Parameters:
    ///   - cpus: cores; 0 is one.
    ///   - gpus: as `CUDA_VISIBLE_DEVICES` takes them.
    /// - Returns: these, with that.
    func given(cpus: Int, gpus: String) -> AllowedPrograms {
        var programs = self
        programs.variables = Self.variables(cpus: cpus, gpus: gpus)
        return programs
    }

    private static func variables(cpus: Int, gpus: String) -> [String: String] {
        ["CUDA_VISIBLE_DEVICES": gpus, "ROUTEGRID_CPUS": String(max(1, cpus))]
    }

    package func answer(
        of command: String,
        to call: ProgramCall,
        file: [UInt8]?,
        limit: Int
    ) throws(RouteGridError) -> [UInt8] {
        let place = "router exec \(SafeText.line(command))"
        guard let path = paths[command] else {
            throw .badInput(place, "this worker does not allow it (--allow-exec NAME=PATH)")
        }
        return try ProgramRun(path: path, place: place, variables: variables).answer(
            to: call,
            file: file,
            limit: limit
        )
    }
}
