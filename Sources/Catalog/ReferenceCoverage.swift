/// How much of the train part a model must have answered to be a reference.
package enum ReferenceCoverage {
    /// `min_coverage` of a grid that does not say otherwise.
    package static let standard = 0.9
}
