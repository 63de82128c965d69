import Config
import Glibc
import Host
import Loop
import Testing

@testable import Program

@Suite("A supervisord that does not answer")
struct SupervisordClientTests {
    @Test("is given up when the time is over, and asked again later")
    func silent() throws {
        let loop = try EventLoop()
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        // On 127.0.0.1, at a port of the kernel's choice: connections are taken, and nobody reads from them.
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The kernel reads and fills the struct during the calls.
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(listener, address, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        try #require(isBound)
        let url = try SupervisordURL(text: "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))")
        let client = try SupervisordClient(
            loop, .init(url: url, user: "", password: ""), timeout: CheckTimeout(text: "0.1"))
        for _ in 0..<2 {
            var failure: SupervisordClient.Failure?
            client.processes {
                if case .failure(let why) = $0 { failure = why }
                loop.stop()
            }
            loop.run()
            #expect(failure == .unanswered("supervisord: no answer within 0.1 s"))
        }
        #expect("\(SupervisordClient.Failure.fault(code: 6, "it's"))" == "<Fault 6: \"it's\">")
    }
}
