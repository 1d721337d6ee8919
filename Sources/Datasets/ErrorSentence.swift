import Canonical
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Errors as plain words. Those of this program describe themselves; Foundation's would otherwise be dumps of their fields.
public enum ErrorSentence {
    public static func of(_ error: any Error) -> String {
        // Foundation's untyped errors pass for any of its typed ones.
        if type(of: error) is NSError.Type { return untyped(error as NSError) }
        switch error {
        case let error as URLError: return network(error.code)
        case let error as POSIXError: return system(error.code.rawValue)
        case let error as CocoaError: return file(error)
        default: return "\(error)"
        }
    }

    private static func untyped(_ foreign: NSError) -> String {
        switch foreign.domain {
        case NSCocoaErrorDomain: return file(CocoaError(CocoaError.Code(rawValue: foreign.code), userInfo: foreign.userInfo))
        case NSPOSIXErrorDomain: return system(Int32(truncatingIfNeeded: foreign.code))
        case NSURLErrorDomain: return URLError.Code(rawValue: foreign.code).map(network) ?? "the network failed (error \(foreign.code))"
        default: return "error \(foreign.code) of \(foreign.domain)"
        }
    }

    /// What the system says of one of its numbers.
    public static func system(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }

    private static func file(_ error: CocoaError) -> String {
        let reason: String =
            switch error.underlying {
            case let cause as POSIXError: system(cause.code.rawValue)
            case let cause? where (cause as NSError).domain == NSPOSIXErrorDomain: system(Int32(truncatingIfNeeded: (cause as NSError).code))
            default: words[error.code] ?? "the file cannot be used (error \(error.code.rawValue))"
            }
        let path = error.filePath ?? error.url?.path
        return path.map { "\($0): \(reason)" } ?? reason
    }

    private static let words: [CocoaError.Code: String] = [
        .fileNoSuchFile: system(ENOENT), .fileReadNoSuchFile: system(ENOENT), .fileReadNoPermission: system(EACCES), .fileWriteNoPermission: system(EACCES),
        .fileWriteOutOfSpace: system(ENOSPC), .fileWriteFileExists: system(EEXIST), .fileWriteVolumeReadOnly: system(EROFS), .fileReadTooLarge: system(EFBIG),
    ]

    private static func network(_ code: URLError.Code) -> String {
        switch code {
        case .cannotConnectToHost: "no connection could be made: the connection was refused, or the host cannot be reached"
        case .cannotFindHost, .dnsLookupFailed: "the host's name is not known"
        case .timedOut: "no answer came in time"
        case .networkConnectionLost: "the connection broke"
        case .notConnectedToInternet: "this machine has no network"
        case .badURL, .unsupportedURL: "it is no address of http or https"
        case .badServerResponse, .cannotParseResponse, .cannotDecodeRawData, .cannotDecodeContentData: "the answer is not sound HTTP"
        case .httpTooManyRedirects, .redirectToNonExistentLocation: "it leads from one address to another without end"
        case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateNotYetValid,
            .serverCertificateHasUnknownRoot, .clientCertificateRejected, .clientCertificateRequired:
            "no secure connection could be made: the certificate is not trusted"
        case .cancelled: "the request was given up"
        default: "the network failed (error \(code.rawValue))"
        }
    }
}
