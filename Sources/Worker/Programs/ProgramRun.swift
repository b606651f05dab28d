import CPlatform
import Foundation
import Glibc
import RouteGridBase
import RoutingCore
import RoutingData

/// One run of a router's program in a private folder: `PATH fit-predict IN OUT`, `PATH fit IN FIT` or
/// `PATH predict FIT IN OUT`.
///
/// The program and all that it starts end with this call, and with this process if that is killed (a timeout). It is
/// given no secrets, its stdout goes nowhere, and of its stderr the end is kept: it is passed on to this process's own,
/// which the supervisor keeps for `explain`.
struct ProgramRun {
    /// An executable file.
    let path: String
    /// What messages begin with.
    let place: String
    /// Set for it, beside those of every program.
    var variables: [String: String] = [:]

    /// The exit code by which a program says that another try would not help.
    static let finalCode: Int32 = 42
    /// Bytes of stderr that are kept.
    private static let tailSize = 4 << 10
    /// Variables that a program is given as they are; it gets no others but the ones set here.
    private static let passed: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV",
        "CONDA_PREFIX", "JAVA_HOME", "OPENBLAS_CORETYPE",
    ]
    private static let passedPrefixes = ["LC_", "CUDA_", "NVIDIA_", "HIP_", "ROCR_"]
    /// A slot computes on one core; hashes of a program do not differ between runs.
    private static let set = [
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    ]

    /// How a program ended.
    private enum Ending {
        case exit(Int32)
        case signal(Int32)
        case notStarted(Int32)
        /// It was ended here, because of what it used.
        case stopped(String)
        case unknown
    }

    /// The file that the program wrote.
    ///
    /// - Throws: `badInput` for exit code 42 and for an answer that is no file, is absent or too large; `system` for
    ///   other endings, and when the program does not start.
    func answer(to call: ProgramCall, file: [UInt8]?, limit: Int) throws(RouteGridError) -> [UInt8] {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (given, fit) = ("\(folder)/in.safetensors", "\(folder)/fit")
        var wanted = "\(folder)/out.safetensors"
        let words: [String]
        switch call {
        case .fitPredict(let input):
            try write(input, to: given)
            words = ["fit-predict", given, wanted]
        case .fit(let input):
            try write(input, to: given)
            wanted = fit
            words = ["fit", given, wanted]
        case .predict(let input, let kept):
            try write(input, to: given)
            try write(kept, to: fit)
            words = ["predict", fit, given, wanted]
        }
        if let file { try write(file, to: Self.inputs(in: folder)) }
        var tail = ProgramTail(size: Self.tailSize)
        let ending = try run(words, in: folder, &tail)
        tail.pass()
        let last = tail.last.map { ": \($0)" } ?? ""
        switch ending {
        case .exit(0): break
        case .exit(Self.finalCode):
            throw .badInput(place, "ended with exit code \(Self.finalCode) (do not retry)\(last)")
        case .exit(let code): throw RouteGridError(.system, "\(place): ended with exit code \(code)\(last)")
        case .signal(let number):
            let name = strsignal(number).map { String(cString: $0).lowercased() } ?? "unknown"
            throw RouteGridError(.system, "\(place): ended by signal \(number) (\(name))\(last)")
        case .notStarted(let number):
            throw RouteGridError(.system, "\(place): \(path) cannot be run: \(String(cString: strerror(number)))")
        case .stopped(let why): throw RouteGridError(.system, "\(place): \(why)")
        case .unknown: throw RouteGridError(.system, "\(place): it is unknown how it ended\(last)")
        }
        return try output(wanted, limit: limit)
    }

    private func write(_ bytes: [UInt8], to path: String) throws(RouteGridError) {
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            throw RouteGridError(.temporary, "\(place): \(bytes.count) bytes of input cannot be written to \(path)")
        }
    }

    /// Where the file of inputs is, if there is one: the program reads its place from `ROUTEGRID_INPUTS`.
    private static func inputs(in folder: String) -> String { "\(folder)/inputs" }

    private func output(_ file: String, limit: Int) throws(RouteGridError) -> [UInt8] {
        var status = stat()
        guard lstat(file, &status) == 0 else { throw .badInput(place, "ended with exit code 0 and wrote no answer") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .badInput(place, "its answer is no regular file") }
        guard status.st_size <= limit else {
            throw .badInput(place, "its answer has \(status.st_size) bytes; at most \(limit) make sense")
        }
        return try FileBytes.read(file, limit: limit)
    }

    private func makeFolder() throws(RouteGridError) -> String {
        let temporary = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        var template = Array("\(temporary)/routegrid-exec-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw RouteGridError(
                .temporary,
                "\(place): no folder can be made in \(temporary): \(String(cString: strerror(errno)))"
            )
        }
        return String(cString: made)
    }

    private func environment(in folder: String) -> [String: String] {
        let own = ProcessInfo.processInfo.environment.filter { name, _ in
            Self.passed.contains(name) || Self.passedPrefixes.contains { name.hasPrefix($0) }
        }
        let places = ["TMPDIR": folder, "ROUTEGRID_INPUTS": Self.inputs(in: folder)]
        return own.merging(Self.set) { $1 }.merging(places) { $1 }.merging(variables) { $1 }
    }

    private func run(
        _ arguments: [String],
        in folder: String,
        _ tail: inout ProgramTail
    ) throws(RouteGridError) -> Ending {
        var (errors, report): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { for file in [nothing] + errors + report where file >= 0 { cplatform_close(file) } }
        guard nothing >= 0, cplatform_pipe(&errors) == 0, cplatform_pipe(&report) == 0 else {
            throw RouteGridError(.system, "\(place): no descriptors: \(String(cString: strerror(errno)))")
        }
        let pairs = environment(in: folder).map { "\($0.key)=\($0.value)" }.sorted()
        let keeper = withCStrings([path] + arguments) { words in
            withCStrings(pairs) { cplatform_spawn_kept(path, words, $0, folder, nothing, errors[1], report[1]) }
        }
        guard keeper > 0 else {
            throw RouteGridError(.system, "\(place): no process: \(String(cString: strerror(errno)))")
        }
        // The ends of the pipes are seen only when nobody here holds them.
        for file in [errors[1], report[1]] { cplatform_close(file) }
        (errors[1], report[1]) = (-1, -1)
        let ending = watch(keeper, in: folder, errors: errors[0], report: report[0], &tail)
        var status: Int32 = 0
        while waitpid(keeper, &status, 0) < 0, errno == EINTR {}
        return ending
    }

    /// Reads until the keeper has reported the end.
    private func watch(
        _ keeper: pid_t,
        in folder: String,
        errors: Int32,
        report: Int32,
        _ tail: inout ProgramTail
    ) -> Ending {
        let limits = ProgramLimits()
        var looked = ContinuousClock.now
        var ending = Ending.unknown
        var isStarted = true
        var (isOpen, isReported) = (true, false)
        while !isReported {
            var files = [pollfd(fd: report, events: Int16(POLLIN), revents: 0)]
            if isOpen { files.append(pollfd(fd: errors, events: Int16(POLLIN), revents: 0)) }
            _ = poll(&files, nfds_t(files.count), 1_000)
            if isOpen { isOpen = tail.read(errors) }
            tail.passNowAndThen()
            if isStarted, ContinuousClock.now - looked > .seconds(1) {
                if let why = limits.excess(of: keeper, in: folder) {
                    (ending, isStarted) = (.stopped(why), false)
                    // It ends the program and all of its own, and removes the folder.
                    kill(keeper, SIGTERM)
                }
                looked = .now
            }
            var words: (Int32, Int32) = (0, 0)
            let count = withUnsafeMutableBytes(of: &words) { Glibc.read(report, $0.baseAddress, $0.count) }
            if count == 0 { break }
            guard count == 8 else { continue }
            switch words.0 {
            case 1: (ending, isStarted) = (.notStarted(words.1), false)
            case 2: (ending, isReported) = (isStarted ? .exit(words.1) : ending, true)
            default: (ending, isReported) = (isStarted ? .signal(words.1) : ending, true)
            }
        }
        if isOpen { _ = tail.read(errors) }
        return ending
    }
}
