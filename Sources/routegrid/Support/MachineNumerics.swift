import COpenBLAS
import CPlatform
import Grid

extension NumericsClasses {
    /// The classes of this machine: kernels pinned to the family that every x86-64-v3 machine has, and the fastest here.
    static var ofThisMachine: NumericsClasses {
        NumericsClasses(
            portable: MachineNumerics.text(core: "haswell"),
            native: MachineNumerics.text(core: MachineNumerics.core)
        )
    }
}

/// What the arithmetic of this machine goes by.
enum MachineNumerics {
    /// The kernel family that OpenBLAS chose for this process, such as `haswell`.
    static var core: String { String(cString: openblas_get_corename()).lowercased() }

    /// Such as `0.3.21`: the second word of OpenBLAS's own description.
    static var version: String {
        String(cString: openblas_get_config()).split(separator: " ").dropFirst().first.map(String.init) ?? "unknown"
    }

    /// Such as `openblas-0.3.21/haswell/glibc-2.36/x86_64`.
    static func text(core: String) -> String {
        "openblas-\(version)/\(core)/glibc-\(String(cString: cplatform_libc_version()))/\(architecture)"
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
