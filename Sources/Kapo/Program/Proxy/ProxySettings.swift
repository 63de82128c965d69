import Checks
import Config
import Host
import Loop

/// What the configuration of a proxy comes to, with the files that it names.
struct ProxySettings {
    /// Bytes of a file with a secret in it.
    private static let secretBytes = 4096

    let file: ProxyFile
    let means: CheckMeans
    let limits: Checker.Limits
    /// Who knows it may change the spool; nil when nobody may by that.
    let token: [UInt8]?

    /// Reads the files. Throws which of them cannot be used, and why.
    init(_ file: ProxyFile) throws(Program.Failure) {
        self.file = file
        token = try file.spoolTokenFile.map { path throws(Program.Failure) in
            let token = try Self.secret(path, "remote_spool_token_file")
            guard token.count >= 16 else {
                throw Program.Failure(
                    description: "remote_spool_token_file: \(path) has a token of \(token.count) bytes; 16 at least")
            }
            return token
        }
        var password = file.mysqlPassword
        if let path = file.mysqlPasswordFile {
            password = String(decoding: try Self.secret(path, "mysql_password_file"), as: UTF8.self)
        }
        let credentials = file.mysqlUser.flatMap { user in
            password.map { CheckMeans.Credentials(user: user, password: $0) }
        }
        do throws(TLSClient.Failure) {
            let tls = try file.verifies ? TLSClient(verifyingBy: file.authorities) : TLSClient()
            means = CheckMeans(userAgent: "kapo/\(Version.text)", tls: tls, credentials: credentials)
        } catch {
            throw Program.Failure(description: "ca_file: \(error)")
        }
        let time = file.cacheTime.nanoseconds
        limits = Checker.Limits(
            timeout: file.timeout.nanoseconds, running: file.mostChecks, cacheTime: time,
            failureCacheTime: file.failureCacheTime?.nanoseconds ?? time, keepAlive: file.keepAlive.nanoseconds)
    }

    /// The first line of a file, which is not empty.
    private static func secret(_ path: String, _ key: String) throws(Program.Failure) -> [UInt8] {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try File.contents(of: Word(path), limit: secretBytes) ?? []
        } catch {
            throw Program.Failure(description: "\(key): \(path): \(SystemError.text(of: error.code).lowercased())")
        }
        let line = bytes.prefix { $0 != 0x0a && $0 != 0x0d }
        guard !line.isEmpty, !line.contains(0) else {
            throw Program.Failure(description: "\(key): the first line of \(path) is empty, or no text")
        }
        return Array(line)
    }
}
