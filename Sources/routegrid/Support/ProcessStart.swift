import CPlatform
import Foundation
import RouteGridBase

/// What every process of this command does first, before it has threads.
enum ProcessStart {
    /// The fewest descriptors with which a coordinator with some connections works.
    static let fewestDescriptors: UInt = 48

    /// - Throws: `usage` for names that are not UTF-8, `system` for limits that are too low to work.
    static func prepare() throws(RouteGridError) {
        cplatform_fill_standard_descriptors()
        cplatform_stay_first()
        cplatform_no_core_dumps()
        cplatform_keep_niceness()
        cplatform_name_process("routegrid")
        // Replaces the backtrace of Swift's runtime, which prints the contents of memory.
        cplatform_report_traps()
        // A write to a pipe without a reader is an error like others.
        signal(SIGPIPE, SIG_IGN)
        SignalWatch.unblock()
        ParentWatch.applyEnvironment()
        try refuseOtherEncodings()
        OpenFiles.allowAll()
        let limit = OpenFiles.limit
        guard limit >= fewestDescriptors else {
            throw RouteGridError(
                .system,
                "at most \(limit) files may be open (ulimit -n); routegrid needs \(fewestDescriptors)"
            )
        }
    }

    /// Swift's strings are Unicode: a name in another encoding would become another name.
    private static func refuseOtherEncodings() throws(RouteGridError) {
        for index in 1..<max(Int(CommandLine.argc), 1) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            try check(argument, "argument \(index)")
        }
        for name in ["TMPDIR", "XDG_RUNTIME_DIR", "HOME"] {
            if let value = getenv(name) { try check(value, name) }
        }
        var folder = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        if let folder = getcwd(&folder, folder.count) { try check(folder, "the current folder") }
    }

    private static func check(_ text: UnsafePointer<CChar>, _ what: String) throws(RouteGridError) {
        guard String(validatingCString: text) == nil else { return }
        let bytes = UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
        let shown = bytes.map { $0 < 0x20 || $0 >= 0x7F ? String(format: "\\x%02x", $0) : String(UnicodeScalar($0)) }
        throw RouteGridError(
            .usage,
            "\(what), $'\(shown.joined())', is not UTF-8; give the file or folder a name in UTF-8, or a link that has one"
        )
    }
}
