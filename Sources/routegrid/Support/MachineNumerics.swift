import Grid
import Worker

extension NumericsClasses {
    /// The classes of this machine: kernels pinned to the family that every x86-64-v3 machine has, and the fastest here.
    static var ofThisMachine: NumericsClasses {
        let native = NumericsClass.text
        var parts = native.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1 { parts[1] = NumericsKind.portableCore.lowercased() }
        return NumericsClasses(portable: parts.joined(separator: "/"), native: native)
    }
}
