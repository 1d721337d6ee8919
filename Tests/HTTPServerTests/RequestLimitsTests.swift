import Glibc
import Testing

@testable import HTTPServer

@Suite("Limits of requests")
struct RequestLimitsTests {
    private func head(_ fields: String) -> String { "GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n" }

    /// The fault of `text` parsed whole and byte by byte, which must be the same.
    private func fault(_ text: String, _ limits: RequestLimits = RequestLimits()) -> RequestFault? {
        let bytes = Array(text.utf8)
        let whole = ParsedRequests(bytes, limits: limits)
        #expect(ParsedRequests(bytes, pieces: [1], limits: limits).fault == whole.fault)
        return whole.fault
    }

    @Test("a request line of 8 KiB is read, one byte more is not")
    func requestLine() {
        let rest = " HTTP/1.1".utf8.count + "GET /".utf8.count
        let longest = String(repeating: "a", count: 8192 - rest)
        #expect(fault("GET /\(longest) HTTP/1.1\r\nHost: a\r\n\r\n") == nil)
        #expect(fault("GET /\(longest)a HTTP/1.1\r\nHost: a\r\n\r\n") == .requestLineTooLong)
    }

    @Test("an endless request line is rejected before its end")
    func endlessLine() {
        #expect(fault(String(repeating: "a", count: 8194)) == .requestLineTooLong)
        #expect(fault(String(repeating: "a", count: 8190)) == nil)
    }

    @Test("a hundred fields are read, one more is not")
    func fieldCount() {
        let fields = (0..<99).map { "X-\($0): v\r\n" }.joined()
        #expect(fault(head(fields)) == nil)
        #expect(fault(head(fields + "Y: v\r\n")) == .fieldsTooLarge)
    }

    @Test("64 KiB of fields are read, one byte more is not, in one field or in many")
    func fieldBytes() {
        let other = "Host: a\r\nX: \r\n".utf8.count
        let longest = String(repeating: "v", count: 65536 - other)
        #expect(fault(head("X: \(longest)\r\n")) == nil)
        #expect(fault(head("X: \(longest)v\r\n")) == .fieldsTooLarge)
        let tenth = String(repeating: "v", count: 6600)
        #expect(fault(head((0..<10).map { "X-\($0): \(tenth)\r\n" }.joined())) == .fieldsTooLarge)
    }

    @Test("an endless field is rejected before its end")
    func endlessField() {
        #expect(fault("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "v", count: 65536)) == .fieldsTooLarge)
    }

    @Test("chunked bodies and trailers are bounded")
    func chunked() {
        var limits = RequestLimits()
        limits.bodyBytes = 10
        limits.trailerBytes = 100
        let start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(fault(start + "5\r\n01234\r\n5\r\n01234\r\n0\r\n\r\n", limits) == nil)
        #expect(fault(start + "5\r\n01234\r\n6\r\n", limits) == .bodyTooLarge)
        #expect(fault(start + "0\r\nX: \(String(repeating: "v", count: 100))\r\n\r\n", limits) == .trailersTooLarge)
        #expect(fault(start + "0\r\n" + String(repeating: "X: v\r\n", count: 20) + "\r\n", limits) == .trailersTooLarge)
        #expect(fault(start + "1;" + String(repeating: "e", count: 300), limits) == .malformedChunk)
        #expect(fault(start + "0\r\nbad trailer\r\n\r\n", limits) == .malformedFieldName)
    }

    @Test("a length beyond the limit is rejected before the body")
    func length() {
        var limits = RequestLimits()
        limits.bodyBytes = 10
        #expect(fault("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789", limits) == nil)
        #expect(fault("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", limits) == .bodyTooLarge)
    }

    /// CPU time of this thread, so that other load on the machine does not count.
    private func processorNanoseconds() -> Int {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    @Test("time is not quadratic in the header's size, however it is divided")
    func linearTime() {
        var limits = RequestLimits()
        limits.headerBytes = 16 << 20
        func time(_ size: Int) -> Int {
            let bytes = Array(head("X: \(String(repeating: "v", count: size))\r\n").utf8)
            let times = (0..<3).map { _ in
                let start = processorNanoseconds()
                #expect(ParsedRequests(bytes, pieces: [64], limits: limits).fault == nil)
                return processorNanoseconds() - start
            }
            return times.min() ?? 0
        }
        let small = time(16 * 1024)
        let large = time(256 * 1024)
        #expect(large < small * 64, "sixteen times the bytes took \(large) ns after \(small) ns")
    }
}
