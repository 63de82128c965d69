import CLibevent
import Glibc

/// How a request becomes an answer.
enum HTTPReply {
    private static let badRequestText = "Kapo cannot read this request, or it has a body.\n"
    /// A whole answer, for a request that evhttp could not read.
    static let badRequestMessage =
        """
        HTTP/1.1 400 Bad Request\r
        Content-Type: text/plain; charset=utf-8\r
        Cache-Control: no-store\r
        Connection: close\r
        Content-Length: \(badRequestText.utf8.count)\r
        \r
        \(badRequestText)
        """

    /// A whole answer of that content, which is the last on its connection.
    static func lastMessage(_ content: HTTPContent) -> [UInt8] {
        let head = """
            HTTP/1.1 \(content.status.code) \(content.status.reason ?? "")\r
            Content-Type: \(content.type)\r
            Cache-Control: no-store\r
            Connection: close\r
            Content-Length: \(content.bytes.count)\r
            \r

            """
        return Array(head.utf8) + content.bytes.copy
    }

    /// Answers, where the path knows these methods. evhttp owns the request and frees it when the answer is sent;
    /// nobody may touch it afterwards. `isLive` is for content that is made anew each time. If the server ends, the
    /// answer is the last on its connection, unless more has come behind the request. True when the answer is given,
    /// and depends on nothing but the request, the content and the second.
    static func send(
        to request: UnsafeMutablePointer<evhttp_request>, from server: HTTPServer, _ methods: HTTPMethods,
        isLive: Bool, _ answer: (borrowing HTTPRequest) -> HTTPRoute.Answer
    ) -> Bool {
        let headers = unsafe evhttp_request_get_output_headers(request)
        unsafe prepare(request, server)
        let command = unsafe evhttp_request_get_command(request)
        let isReadable = unsafe hasKnownVersion(request) && hasGoodFraming(request)
        guard methods.contains(command) else {
            // evhttp never closes a connection after a CONNECT, whatever the answer says.
            if unsafe request.pointee.type == EVHTTP_REQ_CONNECT { unsafe request.pointee.type = EVHTTP_REQ_POST }
            unsafe add(headers, "Allow", methods.list)
            unsafe sendText(to: request, 405, "Method Not Allowed", methods.advice)
            return false
        }
        guard isReadable else {
            unsafe sendText(to: request, 400, "Bad Request", badRequestText)
            return false
        }
        if command == EVHTTP_REQ_OPTIONS, isLive {
            // What is made anew each time is always there.
            unsafe sendOptions(to: request, .ok, methods)
            return true
        }
        switch unsafe answer(HTTPRequest(request)) {
        case .content(let content) where command == EVHTTP_REQ_OPTIONS:
            unsafe sendOptions(to: request, content.status, methods)
        case .content(let content): unsafe sendContent(to: request, content)
        case .stream(let stream): unsafe sendStream(to: request, stream, from: server)
        case .later(let reply):
            unsafe evhttp_clear_headers(headers)
            unsafe reply.wait(for: request, methods)
            return false
        }
        return command != EVHTTP_REQ_POST
    }

    /// Gives the answer to a request that has waited for it. One whose connection is gone is freed.
    static func sendLater(
        to request: UnsafeMutablePointer<evhttp_request>, from server: HTTPServer, _ methods: HTTPMethods,
        _ content: HTTPContent
    ) {
        guard unsafe evhttp_request_get_connection(request) != nil else { return unsafe evhttp_request_free(request) }
        unsafe prepare(request, server)
        if unsafe evhttp_request_get_command(request) == EVHTTP_REQ_OPTIONS {
            unsafe sendOptions(to: request, content.status, methods)
        } else {
            unsafe sendContent(to: request, content)
        }
    }

    /// The headers of any answer.
    private static func prepare(_ request: UnsafeMutablePointer<evhttp_request>, _ server: HTTPServer) {
        let headers = unsafe evhttp_request_get_output_headers(request)
        unsafe addDate(headers, server.loop.second)
        unsafe evhttp_add_header(headers, "Cache-Control", "no-store")
        // evhttp takes `GET http://host/` for a request to a proxy, and would close without a word.
        unsafe request.pointee.flags &= ~EVHTTP_PROXY_REQUEST
        if server.isFinishing, unsafe !isFollowed(request) {
            unsafe close(after: request)
        } else if unsafe asksForClose(request) {
            unsafe evhttp_add_header(headers, "Connection", "close")
        }
    }

    /// Load balancers check with OPTIONS, and go by the status.
    private static func sendOptions(
        to request: UnsafeMutablePointer<evhttp_request>, _ status: HTTPStatus, _ methods: HTTPMethods
    ) {
        let headers = unsafe evhttp_request_get_output_headers(request)
        unsafe add(headers, "Allow", methods.list)
        if status.hasBody { unsafe evhttp_add_header(headers, "Content-Length", "0") }
        unsafe evhttp_send_reply(request, status.code, status.reason, nil)
    }

    private static func sendContent(
        to request: UnsafeMutablePointer<evhttp_request>, _ content: HTTPContent
    ) {
        let headers = unsafe evhttp_request_get_output_headers(request)
        if content.status.hasBody {
            unsafe add(headers, "Content-Type", content.type)
            unsafe evhttp_add_header(headers, "Content-Length", String(content.bytes.count))
            if unsafe evhttp_request_get_command(request) != EVHTTP_REQ_HEAD,
                let output = unsafe evhttp_request_get_output_buffer(request)
            {
                unsafe content.bytes.append(to: output)
            }
        }
        unsafe evhttp_send_reply(request, content.status.code, content.status.reason, nil)
    }

    /// Begins an answer that the connection goes on with, or says to a HEAD how it would begin.
    private static func sendStream(
        to request: UnsafeMutablePointer<evhttp_request>, _ stream: HTTPEventStream, from server: HTTPServer
    ) {
        let headers = unsafe evhttp_request_get_output_headers(request)
        let isHead = unsafe evhttp_request_get_command(request) == EVHTTP_REQ_HEAD
        if !isHead, let refusal = stream.refusal {
            let bytes = SharedBytes(Array(refusal.utf8))
            let content = HTTPContent(.unavailable, type: "text/plain; charset=utf-8", bytes: bytes)
            return unsafe sendContent(to: request, content)
        }
        unsafe evhttp_add_header(headers, "Content-Type", "text/event-stream")
        if !isHead, let output = unsafe evhttp_request_get_output_buffer(request) {
            let isChunked = unsafe request.pointee.minor >= 1
            if isChunked { unsafe evhttp_add_header(headers, "Transfer-Encoding", "chunked") }
            unsafe close(after: request)
            unsafe stream.greeting(chunked: isChunked).append(to: output)
            server.opening = HTTPConnection.Listening(stream: stream, isChunked: isChunked)
        }
        unsafe evhttp_send_reply(request, 200, "OK", nil)
        server.opening = nil
    }

    /// Answers with an error and closes: what follows on the connection is not known to be a request.
    private static func sendText(
        to request: UnsafeMutablePointer<evhttp_request>, _ code: Int32, _ reason: String, _ text: String
    ) {
        let headers = unsafe evhttp_request_get_output_headers(request)
        unsafe evhttp_add_header(headers, "Content-Type", "text/plain; charset=utf-8")
        unsafe evhttp_remove_header(headers, "Connection")
        unsafe evhttp_add_header(headers, "Connection", "close")
        unsafe evhttp_add_header(headers, "Content-Length", String(text.utf8.count))
        if unsafe evhttp_request_get_command(request) != EVHTTP_REQ_HEAD {
            unsafe evbuffer_add(evhttp_request_get_output_buffer(request), text, text.utf8.count)
        }
        unsafe evhttp_send_reply(request, code, reason, nil)
    }

    /// False for a version that is not spoken here; evhttp reads `HTTP/-1.1`.
    private static func hasKnownVersion(_ request: UnsafeMutablePointer<evhttp_request>) -> Bool {
        let isKnownVersion = unsafe request.pointee.major == 1 && request.pointee.minor >= 0
        // The status line repeats the version: let it be one that we speak.
        if unsafe !isKnownVersion || request.pointee.minor > 1 {
            unsafe request.pointee.major = 1
            unsafe request.pointee.minor = 1
        }
        return isKnownVersion
    }

    /// False for a request with a body, unless it is a POST, or with framing that two readers could read in two ways:
    /// evhttp reads `Content-Length: +3`, and chunk sizes such as `0x3`.
    private static func hasGoodFraming(_ request: UnsafeMutablePointer<evhttp_request>) -> Bool {
        let headers = unsafe evhttp_request_get_input_headers(request)
        if unsafe evhttp_find_header(headers, "Transfer-Encoding") != nil { return false }
        let isPost = unsafe evhttp_request_get_command(request) == EVHTTP_REQ_POST
        var lengths = 0
        // Every one of them: evhttp_find_header knows only the first. A null pointer ends the list.
        var next = unsafe headers?.pointee.tqh_first
        while let header = unsafe next {
            if unsafe strcasecmp(header.pointee.key, "Content-Length") == 0 {
                lengths += 1
                guard let value = unsafe header.pointee.value else { return false }
                // strspn stops at the zero, where the value ends.
                let isNumber = unsafe strspn(value, "0123456789") == strlen(value)
                if unsafe isPost ? !isNumber || lengths > 1 : strcmp(value, "0") != 0 { return false }
            }
            unsafe next = unsafe header.pointee.next.tqe_next
        }
        return true
    }

    /// True when `Connection` is a list with `close` in it. evhttp knows only the single word.
    private static func asksForClose(_ request: UnsafeMutablePointer<evhttp_request>) -> Bool {
        let headers = unsafe evhttp_request_get_input_headers(request)
        guard let value = unsafe evhttp_find_header(headers, "Connection"), unsafe strchr(value, 44) != nil else {
            return false
        }
        // The header is copied out of evhttp's memory; 44 is the comma.
        return unsafe String(cString: value).lowercased().split(separator: ",")
            .contains { $0.filter { $0 != " " && $0 != "\t" } == "close" }
    }

    /// Has evhttp close the connection behind the answer. What the client has said about that it must not see: it would
    /// tell one of HTTP/1.0 that the connection stays.
    private static func close(after request: UnsafeMutablePointer<evhttp_request>) {
        while unsafe evhttp_remove_header(evhttp_request_get_input_headers(request), "Connection") == 0 {}
        let headers = unsafe evhttp_request_get_output_headers(request)
        unsafe evhttp_remove_header(headers, "Connection")
        unsafe evhttp_add_header(headers, "Connection", "close")
    }

    /// True when there is input behind the request.
    private static func isFollowed(_ request: UnsafeMutablePointer<evhttp_request>) -> Bool {
        let filter = unsafe evhttp_connection_get_bufferevent(evhttp_request_get_connection(request))
        let waiting = unsafe evbuffer_get_length(bufferevent_get_input(filter))
        return unsafe waiting + evbuffer_get_length(bufferevent_get_input(bufferevent_get_underlying(filter))) > 0
    }

    /// evhttp would ask the clock; this is the time that the loop has, by which a remembered answer is judged too.
    private static func addDate(_ headers: UnsafeMutablePointer<evkeyvalq>?, _ second: Int) {
        var time = time_t(second)
        var date = unsafe tm()
        unsafe gmtime_r(&time, &date)
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 50) { text in
            // Writes 29 characters and a zero, and never more than it is told.
            _ = unsafe evutil_date_rfc1123(text.baseAddress, text.count, &date)
            _ = unsafe evhttp_add_header(headers, "Date", text.baseAddress)
        }
    }

    private static func add(_ headers: UnsafeMutablePointer<evkeyvalq>?, _ name: String, _ value: StaticString) {
        // A static string of ours is ASCII, and a zero ends it.
        unsafe value.utf8Start.withMemoryRebound(to: CChar.self, capacity: value.utf8CodeUnitCount + 1) {
            _ = unsafe evhttp_add_header(headers, name, $0)
        }
    }
}
