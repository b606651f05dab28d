import Testing

@testable import Dashboard

@Suite struct RequestHeadTests {
}
