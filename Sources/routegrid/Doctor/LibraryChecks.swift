import COpenBLAS
import CPlatform
import CZeroMQ
import GRDB
import Grid
import RouteGridBase

/// The checks of `doctor` on the libraries that the command is linked to.
enum LibraryChecks {
    /// Those that a role needs; without one, all.
    static func all(for role: DoctorRole?) -> [Finding] {
        var findings = [zeroMQ(), curve()]
        if role != .client && role != .coordinator { findings.append(openBLAS()) }
        if role == nil || role == .coordinator { findings.append(sqlite()) }
        return findings + [libc()]
    }

    static func zeroMQ() -> Finding {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        zmq_version(&major, &minor, &patch)
        let version = "\(major).\(minor).\(patch)"
        // CVE-2019-13132: before 4.3.2 whoever reaches the port can write beyond a buffer before any key is checked.
        guard (major, minor, patch) >= (4, 3, 2) else {
            return Finding("libzmq", .fail, version, advice: "4.3.2 or newer is needed: apt install libzmq5")
        }
        return Finding("libzmq", .ok, version)
    }

    static func curve() -> Finding {
        zmq_has("curve") == 1
            ? Finding("curve", .ok, "built in")
            : Finding("curve", .fail, "absent", advice: "this libzmq cannot encrypt: install one built with libsodium")
    }

    static func openBLAS() -> Finding {
        if let problem = openblas_problem() {
            return Finding("openblas", .fail, String(cString: problem), advice: "apt install libopenblas0")
        }
        let configuration = String(cString: openblas_get_config())
        guard let classes = try? NumericsClasses.ofThisMachine() else {
            return Finding("openblas", .fail, configuration, advice: "its numerics class cannot be determined")
        }
        let text = "portable \(classes.portable), native \(classes.native)"
        guard configuration.contains("DYNAMIC_ARCH") else {
            return Finding(
                "openblas",
                .warn,
                text,
                advice: "built for one CPU: numerics \"portable\" cannot pin a kernel family"
            )
        }
        return Finding("openblas", .ok, text)
    }

    static func sqlite() -> Finding {
        do {
            let version = try DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
            return Finding("sqlite", .ok, version ?? "unknown")
        } catch {
            return Finding("sqlite", .fail, "\(error)", advice: "SQLite cannot open a database in memory")
        }
    }

    static func libc() -> Finding { Finding("glibc", .ok, String(cString: cplatform_libc_version())) }
}
