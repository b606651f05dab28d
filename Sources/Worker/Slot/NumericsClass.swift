import COpenBLAS
import CPlatform

/// The numerics class of this process: records of two classes never mix.
package enum NumericsClass {
    /// Such as `openblas-0.3.21/haswell/glibc-2.36/x86_64`.
    package static var text: String {
        "openblas-\(libraryVersion)/\(core)/glibc-\(String(cString: cplatform_libc_version()))/\(architecture)"
    }

    /// The second word of OpenBLAS's own description, `OpenBLAS 0.3.21 NO_LAPACKE …`.
    private static var libraryVersion: String {
        guard let description = openblas_get_config() else { return "unknown" }
        let words = String(cString: description).split(separator: " ")
        return words.count > 1 ? String(words[1]) : "unknown"
    }

    private static var core: String {
        guard let name = openblas_get_corename() else { return "unknown" }
        return String(cString: name).lowercased()
    }

    private static var architecture: String {
        #if arch(x86_64)
        "x86_64"
        #elseif arch(arm64)
        "aarch64"
        #else
        "other"
        #endif
    }
}
