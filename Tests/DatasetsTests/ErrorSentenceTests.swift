import Canonical
import Datasets
import Foundation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("Errors as sentences")
struct ErrorSentenceTests {
    private static let dumps = ["Error Domain", "NSCocoa", "UserInfo", "CocoaError", "NSURL", "NSPOSIX", "Code=", "(null)"]

    private func sentence(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch {
            return ErrorSentence.of(error)
        }
    }

    /// Foundation's file errors are reported as the path and the system's reason.
    @Test func filesOfFoundation() throws {
        let folder = try TemporaryFolder("sentence")
        let (file, missing) = (try folder.write([1], as: "file"), folder.path("missing"))
        for (text, reason) in [
            (sentence { _ = try Data(contentsOf: URL(fileURLWithPath: missing)) }, "\(missing): No such file or directory"),
            (sentence { try FileManager.default.removeItem(atPath: missing) }, "No such file or directory"),
            (sentence { try FileManager.default.moveItem(atPath: missing, toPath: file + "2") }, "No such file or directory"),
            (sentence { try FileManager.default.copyItem(atPath: missing, toPath: file + "2") }, "No such file or directory"),
            (sentence { try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false) }, "File exists"),
            (sentence { try FileManager.default.createDirectory(atPath: file + "/x", withIntermediateDirectories: true) }, "Not a directory"),
            (sentence { try Data([1]).write(to: URL(fileURLWithPath: file + "/x")) }, "Not a directory"),
            (sentence { _ = try FileHandle(forWritingTo: URL(fileURLWithPath: missing)) }, "No such file or directory"),
            (sentence { try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full")).write(contentsOf: Data([1])) }, "No space left on device"),
        ] {
            #expect(text.contains(reason), "\(text)")
            for dump in Self.dumps { #expect(!text.contains(dump), "\(text)") }
        }
    }

    @Test func everyOtherKind() {
        #expect(ErrorSentence.of(POSIXError(.ENOSPC)) == "No space left on device")
        #expect(ErrorSentence.of(NSError(domain: NSPOSIXErrorDomain, code: 13)) == "Permission denied")
        #expect(ErrorSentence.of(URLError(.timedOut)) == "the request timed out")
        #expect(ErrorSentence.of(NSError(domain: NSURLErrorDomain, code: URLError.Code.timedOut.rawValue)) == "the request timed out")
        #expect(ErrorSentence.of(FileError("open", "/x", code: 2)) == "cannot open /x: No such file or directory")
        #expect(ErrorSentence.of(DatasetError.notDownloadable(name: "x")) == DatasetError.notDownloadable(name: "x").description)
        for code in -1300...(-900) {
            let text = ErrorSentence.of(NSError(domain: NSURLErrorDomain, code: code))
            for dump in Self.dumps { #expect(!text.contains(dump), "\(code): \(text)") }
        }
        for code in 0...600 {
            let text = ErrorSentence.of(CocoaError(CocoaError.Code(rawValue: code)))
            for dump in Self.dumps { #expect(!text.contains(dump), "\(code): \(text)") }
        }
    }
}
