import COpenBLAS
import CPlatform
import CZeroMQ
import GRDB
import Grid
import RouteGridBase

/// The checks of `doctor` on the libraries that the command is linked to.
enum LibraryChecks {
    static func all() -> [Finding] { [zeroMQ(), curve(), openBLAS(), sqlite(), libc()] }

    static func zeroMQ() -> Finding {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        zmq_version(&major, &minor, &patch)
        let version = "\(major).\(minor).\(patch)"
        guard (major, minor) >= (4, 3) else {
            return Finding("libzmq", .fail, version, advice: "4.3 or newer is needed: apt install libzmq3-dev")
        }
        return Finding("libzmq", .ok, version)
    }

    static func curve() -> Finding {
        zmq_has("curve") == 1
            ? Finding("curve", .ok, "built in")
            : Finding("curve", .warn, "absent", advice: "this libzmq cannot encrypt: only ipc:// and loopback are safe")
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
