/// The configuration of `kapo proxy`: hacheck's file, with Kapo's own keys. docs/hacheck.md has the list.
package struct ProxyFile: Equatable, Sendable {
    /// What is wrong with a file.
    package typealias Mistakes = YAMLMistakes
    /// Bytes that a file has at most.
    package static let mostBytes = YAMLDocument.mostBytes

    /// `cache_time`: how long an answer is kept.
    package var cacheTime = Seconds(10)
    /// `cache_time_failure`: the same for the answer of a check that did not pass; nil for `cacheTime`.
    package var failureCacheTime: Seconds?
    /// `healthcheck_timeout`: the time of a check, its wait for its turn included.
    package var timeout = CheckTimeout(10)
    /// `max_clients`: checks under way at once, 1 to 100,000.
    package var mostChecks = 512
    /// `keep_alive`: how long a connection to an HTTP server is used by one check after the other; 0 for a new one
    /// each. By default a tenth of a second: an answer that is kept is older than that.
    package var keepAlive = Seconds(milliseconds: 100)
    /// `service_name_header`: the header of an HTTP check that names the service.
    package var serviceNameHeader: HeaderName?
    /// `http_headers_to_copy`: headers of the request that an HTTP check sends on.
    package var copiedHeaders = [HeaderName.host]
    /// `log_path`.
    package var log = LogTarget.standardError
    /// `mysql_username`.
    package var mysqlUser: String?
    /// `mysql_password`.
    package var mysqlPassword: String?
    /// `mysql_password_file`: a file whose first line is the password.
    package var mysqlPasswordFile: String?
    /// `rlimit_nofile`; nil for as many as the kernel allows.
    package var descriptors: DescriptorLimit?
    /// `allow_remote_spool_changes`: whether a POST may take services down and up.
    package var allowsSpoolChanges = false
    /// `remote_spool_from`: who may do so, beside this host.
    package var spoolChangers: [Network] = []
    /// `remote_spool_token_file`: a file whose first line is the token that lets anybody do so.
    package var spoolTokenFile: String?
    /// `allowed_targets`: what a header may have checked; nil for this host alone.
    package var allowedTargets: [Network]?
    /// `verify`: whether an https server must show a certificate that is good.
    package var verifies = false
    /// `ca_file`: the authorities that it may be signed by, in PEM; nil for those of the host.
    package var authorities: String?
    /// `agent_port`: where HAProxy's agent checks are answered; nil for nowhere.
    package var agentPort: Port?
    /// Keys that nothing knows, in the order of the file. hacheck passes over them.
    package var warnings: [YAMLMistake] = []

    /// The defaults.
    package init() {}

    /// Reads the whole of a file, in YAML as `YAMLDocument` takes it; an empty one says nothing. `file` is its name for
    /// messages. Everything that is wrong is said at once.
    package init(bytes: [UInt8], file: String) throws(Mistakes) {
        var reader = ProxyFileReader(file: file)
        reader.read(bytes)
        guard reader.mistakes.all.isEmpty else { throw reader.mistakes }
        self = reader.result
        warnings = reader.unknown.all
    }
}
