import CLibevent
import Glibc

/// A request, as the content of a route sees it: a view of what evhttp has read, which nobody can keep.
@safe package struct HTTPRequest: ~Copyable {
    private let request: UnsafeMutablePointer<evhttp_request>

    init(_ request: UnsafeMutablePointer<evhttp_request>) {
        unsafe self.request = request
    }

    /// The path as the client wrote it, percent signs and all, without the query.
    package var path: String {
        // evhttp's texts end with a zero and stay until the request is answered. They are copied here and below.
        guard let path = unsafe evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request)) else { return "" }
        return unsafe String(cString: path)
    }

    /// What stands behind the first `?`, as the client wrote it; nil without one.
    package var query: String? {
        guard let query = unsafe evhttp_uri_get_query(evhttp_request_get_evhttp_uri(request)) else { return nil }
        return unsafe String(cString: query)
    }

    /// The path as `path` has it, byte for byte.
    package var pathBytes: [UInt8] {
        unsafe Self.bytes(evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request))) ?? []
    }

    /// The query as `query` has it, byte for byte.
    package var queryBytes: [UInt8]? {
        unsafe Self.bytes(evhttp_uri_get_query(evhttp_request_get_evhttp_uri(request)))
    }

    /// The first header of that name, whatever its case, byte for byte; nil without one.
    package func headerBytes(_ name: String) -> [UInt8]? {
        unsafe Self.bytes(evhttp_find_header(evhttp_request_get_input_headers(request), name))
    }

    /// True for a POST.
    package var isPost: Bool { unsafe evhttp_request_get_command(request) == EVHTTP_REQ_POST }

    /// What came behind the headers: empty but for a POST.
    package var body: [UInt8] {
        let input = unsafe evhttp_request_get_input_buffer(request)
        let count = unsafe evbuffer_get_length(input)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            // evbuffer_copyout writes no more than it is told, and the buffer has that many bytes.
            length = unsafe max(0, evbuffer_copyout(input, buffer.baseAddress, count))
        }
    }

    /// Who asks.
    package var client: HTTPClientAddress {
        unsafe HTTPClientAddress(evhttp_request_get_connection(request))
    }

    /// A copy of a text that a zero ends.
    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
        guard let text = unsafe text else { return nil }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    /// The value of a header, whatever the case of its name; nil without one. More of them make one list, with commas
    /// (RFC 9110, section 5.3).
    package func header(_ name: String) -> String? {
        var value: String?
        var next = unsafe evhttp_request_get_input_headers(request)?.pointee.tqh_first
        // A null pointer ends the list.
        while let header = unsafe next {
            if unsafe evutil_ascii_strcasecmp(header.pointee.key, name) == 0 {
                let text = unsafe String(cString: header.pointee.value)
                value = value.map { "\($0), \(text)" } ?? text
            }
            unsafe next = unsafe header.pointee.next.tqe_next
        }
        return value
    }

    /// True when `Accept` has that media type in it, whatever its weight. Like `hasParameter` it makes no String: the
    /// paths that are asked most often use them.
    package func accepts(_ type: StaticString) -> Bool {
        var next = unsafe evhttp_request_get_input_headers(request)?.pointee.tqh_first
        // A null pointer ends the list.
        while let header = unsafe next {
            if unsafe evutil_ascii_strcasecmp(header.pointee.key, "Accept") == 0,
                unsafe Self.has(type, in: header.pointee.value, where: { _, _ in true })
            {
                return true
            }
            unsafe next = unsafe header.pointee.next.tqe_next
        }
        return false
    }

    /// True when the query has a parameter of that name, with any value or none.
    package func hasParameter(_ name: StaticString) -> Bool {
        guard let query = unsafe evhttp_uri_get_query(evhttp_request_get_evhttp_uri(request)) else { return false }
        return unsafe Self.has(name, in: query) { before, after in
            (before == 0 || before == UInt8(ascii: "&"))
                && (after == 0 || after == UInt8(ascii: "&") || after == UInt8(ascii: "="))
        }
    }

    /// True when `part` is in a text that a zero ends, whatever its case, between two bytes that `isMatch` likes; they
    /// are 0 at the ends.
    private static func has(
        _ part: StaticString, in text: UnsafePointer<CChar>, where isMatch: (UInt8, UInt8) -> Bool
    ) -> Bool {
        var before: UInt8 = 0
        var place = unsafe text
        // The place never passes the zero; what is compared there ends at the zero too.
        while unsafe place.pointee != 0 {
            let isThere = unsafe part.utf8Start.withMemoryRebound(to: CChar.self, capacity: part.utf8CodeUnitCount) {
                unsafe evutil_ascii_strncasecmp(place, $0, part.utf8CodeUnitCount) == 0
            }
            if isThere, isMatch(before, UInt8(bitPattern: unsafe place[part.utf8CodeUnitCount])) { return true }
            before = UInt8(bitPattern: unsafe place.pointee)
            unsafe place += 1
        }
        return false
    }
}
