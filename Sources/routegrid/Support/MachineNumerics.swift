import COpenBLAS
import Foundation
import Grid
import RouteGridBase
import Worker

extension NumericsClasses {
    /// The numerics classes of this machine: kernels pinned to the family that every x86-64-v3 machine has, and the
    /// fastest here.
    ///
    /// OpenBLAS reads its environment when it is loaded: where a shell pins a family, the class of native slots is read
    /// from a process that is started as they are.
    ///
    /// - Throws: `system` when OpenBLAS cannot be loaded.
    static func ofThisMachine() throws(RouteGridError) -> NumericsClasses {
        if let problem = openblas_problem() { throw RouteGridError(.system, String(cString: problem)) }
        let native = isPinned ? freshNative ?? NumericsClass.text : NumericsClass.text
        var parts = native.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1 { parts[1] = NumericsKind.portableCore.lowercased() }
        return NumericsClasses(portable: parts.joined(separator: "/"), native: native)
    }

    private static var isPinned: Bool { ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] != nil }

    /// The output of `routegrid slot --numerics` with a native slot's environment; nil when it cannot be run.
    private static var freshNative: String? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: ChildProcess.program)
        process.arguments = ["slot", "--numerics"]
        process.environment = NumericsKind.native.environment(ProcessInfo.processInfo.environment)
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return nil }
        let answer = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        let text = String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }
}
