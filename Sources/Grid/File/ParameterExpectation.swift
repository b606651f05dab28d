import Catalog

/// Ranges in words, the same as the catalog's.
enum ParameterExpectation {
    static func integer(_ range: ClosedRange<Int>) -> String { ParameterDescriptor.Domain.integer(range).expectation }
    static func number(_ range: ClosedRange<Double>) -> String { ParameterDescriptor.Domain.number(range).expectation }
}
