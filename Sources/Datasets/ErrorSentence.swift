import Canonical
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Errors as plain sentences. Errors of this program describe themselves; Foundation's descriptions are dumps of their fields.
public enum ErrorSentence {
    /// The description of an error.
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
        case NSURLErrorDomain: return URLError.Code(rawValue: foreign.code).map(network) ?? "network error \(foreign.code)"
        default: return "error \(foreign.code) of \(foreign.domain)"
        }
    }

    /// The system's text for an `errno`.
    public static func system(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }

    private static func file(_ error: CocoaError) -> String {
        let reason: String =
            switch error.underlying {
            case let cause as POSIXError: system(cause.code.rawValue)
            case let cause? where (cause as NSError).domain == NSPOSIXErrorDomain: system(Int32(truncatingIfNeeded: (cause as NSError).code))
            default: words[error.code] ?? "file error \(error.code.rawValue)"
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
        case .cannotConnectToHost: "connection refused, or host unreachable"
        case .cannotFindHost, .dnsLookupFailed: "unknown host name"
        case .timedOut: "the request timed out"
        case .networkConnectionLost: "the connection was lost"
        case .notConnectedToInternet: "no network connection"
        case .badURL, .unsupportedURL: "it is not an http or https URL"
        case .badServerResponse, .cannotParseResponse, .cannotDecodeRawData, .cannotDecodeContentData: "invalid HTTP response"
        case .httpTooManyRedirects, .redirectToNonExistentLocation: "too many redirects"
        case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateNotYetValid,
            .serverCertificateHasUnknownRoot, .clientCertificateRejected, .clientCertificateRequired:
            "the TLS certificate is not trusted"
        case .cancelled: "the request was cancelled"
        default: "network error \(code.rawValue)"
        }
    }
}
