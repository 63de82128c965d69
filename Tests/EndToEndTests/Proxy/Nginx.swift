import Testing

/// A real nginx, on a port of 127.0.0.1.
final class Nginx {
    let process: Running
    let port: Int
    private let logPath: String

    /// What it was asked, a line a request, as `Nginx.format` has it.
    var requests: [String] { Files.text(logPath).split(separator: "\n").map(String.init) }

    /// The method, the target, and headers in brackets; a dash is for one that was not sent.
    private static let format =
        "$request_method $request_uri host[$http_host] agent[$http_user_agent] "
        + "service[$http_x_service_name] other[$http_x_other] sni[$ssl_server_name]"

    /// One with these locations. A certificate is the name of two files in the sandbox, NAME.pem and NAME.key.
    init(_ box: Sandbox, certificate: String? = nil, _ locations: String) throws {
        port = try FreePort.one(box)
        let prefix = box.path("nginx-\(port)")
        logPath = "\(prefix)/requests"
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        let secrets = certificate.map {
            "ssl_certificate \(box.path($0)).pem; ssl_certificate_key \(box.path($0)).key;"
        }
        let configuration = """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr notice;
            events {}
            http {
                \(folders.map { "\($0)_temp_path \($0);" }.joined(separator: " "))
                log_format plain '\(Self.format)';
                access_log \(logPath) plain;
                default_type text/plain;
                server {
                    listen 127.0.0.1:\(port)\(certificate == nil ? "" : " ssl") backlog=4096;
                    \(secrets ?? "")
                    root \(prefix);
                    \(locations)
                }
            }
            """
        let made = try box.finish(["mkdir", prefix])
        #expect(made.code == 0, "\(made.errors)")
        try Files.write("\(prefix)/nginx.conf", configuration.utf8)
        process = try box.start(["nginx", "-p", prefix, "-e", "stderr", "-c", "nginx.conf"])
        try process.waitForErrors(containing: #"using the "epoll" event method"#)
    }

    /// Writes a file that it serves.
    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws {
        try Files.write(String(logPath.dropLast("requests".count)) + name, bytes)
    }
}
