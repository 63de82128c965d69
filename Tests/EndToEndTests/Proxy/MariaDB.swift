import Glibc
import Testing

/// A real MariaDB in the sandbox, on a port of 127.0.0.1, with one user: `kapo`, whose password is `right`.
final class MariaDB {
    let port: Int
    private(set) var process: Running
    private let words: [String]
    private unowned let box: Sandbox

    init(_ box: Sandbox) throws {
        self.box = box
        port = try FreePort.one(box)
        let data = box.path("mariadb")
        // Small files, as they are written whole. Root is told apart, as mariadbd would refuse to be run by it.
        // Small files, as all of them are written. mariadbd does not like to be run by root, unless it is told to.
        let common =
            ["--no-defaults", "--datadir=\(data)", "--innodb-log-file-size=4M"] + (getuid() == 0 ? ["--user=root"] : [])
        let made = try box.finish(
            ["mariadb-install-db"] + common + ["--skip-test-db", "--skip-name-resolve"], within: .seconds(60))
        #expect(made.code == 0, "\(made.output) \(made.errors)")
        let user = "CREATE USER IF NOT EXISTS 'kapo'@'127.0.0.1' IDENTIFIED BY 'right';\n"
        try Files.write(box.path("users.sql"), user.utf8)
        words =
            ["mariadbd"] + common + [
                "--bind-address=127.0.0.1", "--port=\(port)", "--socket=\(box.path("mariadb.sock"))",
                "--pid-file=\(box.path("mariadb.pid"))", "--init-file=\(box.path("users.sql"))",
                "--skip-name-resolve", "--skip-log-bin", "--innodb-buffer-pool-size=8M",
            ]
        process = try box.start(words)
        try waitUntilReady()
    }

    /// Starts it again, on the same port.
    func restart() throws {
        process = try box.start(words)
        try waitUntilReady()
    }

    private func waitUntilReady() throws {
        try process.waitForErrors(containing: "ready for connections", within: .seconds(60))
    }
}
