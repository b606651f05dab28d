import ArgumentParser

/// What a machine is to do in a cluster: `doctor` checks what that needs, and nothing else.
enum DoctorRole: String, CaseIterable, ExpressibleByArgument, Sendable {
    case coordinator, worker, client
}
