import COpenBLAS
import CPlatform
import Grid

extension NumericsClasses {
    static var ofThisMachine: NumericsClasses { NumericsClasses(portable: "openblas-0.3.21/haswell/glibc-2.36/x86_64", native: "x") }
}
