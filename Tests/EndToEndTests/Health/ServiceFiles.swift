import Glibc
import Testing

extension Sandbox {
    /// A directory with these files of services, by the names of the services.
    func directoryOfServices(_ files: [String: String]) throws -> String {
        let directory = path("services")
        guard unsafe mkdir(directory, 0o755) == 0 else { throw HarnessError.system("mkdir \(directory)") }
        for (name, text) in files { try Files.write("\(directory)/\(name).yml", text.utf8) }
        return directory
    }

    /// Removes the file of that service from the directory.
    func removeServiceFile(_ name: String) throws {
        guard unsafe unlink(path("services/\(name).yml")) == 0 else { throw HarnessError.system("unlink \(name).yml") }
    }

    /// The file of a service that is ready once a file of that name is in the sandbox.
    func readyOnce(_ name: String) -> String {
        """
        cmd: [sh, -c, 'until [ -e \(path(name)) ]; do sleep 0.02; done; echo >&3; exec sleep 600']
        kapo: {ready: 'fd:3'}
        """
    }
}

extension Kapo {
    /// Waits until that path answers so.
    func answer(_ path: String, _ status: Int, _ body: String) throws {
        var last = ""
        try eventually("\(status) \(body) at \(path), but \(last); log: \(log)") {
            let answer = try ask(path)
            last = "\(answer.status) \(answer.body)"
            return answer.status == status && answer.body == body
        }
    }
}
