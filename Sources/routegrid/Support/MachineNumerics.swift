import Grid
import RouteGridBase
import Worker

extension NumericsClasses {
    /// The classes of this machine.
    static var ofThisMachine: NumericsClasses {
        let native = NumericsClass.text
        var parts = native.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1 { parts[1] = NumericsKind.portableCore.lowercased() }
        return NumericsClasses(portable: parts.joined(separator: "/"), native: native)
    }
}
