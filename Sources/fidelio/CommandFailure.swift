import ArgumentParser
import Canonical
import Catalog
import Datasets
import Experiments
import Extractors
import HTTPServer
import Results
import Storage
import Training

/// Why a command failed: one sentence and the exit code.
struct CommandFailure: Error {
    var sentence: String
    var code: Int32

    /// The exit codes of all commands except the worker.
    enum Code {
        static let failed: Int32 = 1
        static let different: Int32 = 2
        static let diverged: Int32 = 42
        static let badInput: Int32 = 64
        static let unavailable: Int32 = 69
        /// Writing failed: no space, no permission, or standard output is not writable.
        static let cannotWrite: Int32 = 74
        static let notFinished: Int32 = 75
        /// As for a program ended by SIGPIPE: the reader of standard output is gone.
        static let nobodyReads: Int32 = 141
    }

    init(_ sentence: String, code: Int32) {
        self.sentence = sentence
        self.code = code
    }

    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case _ where ObstacleToWriting.isOne(error): self.init("\(error)", code: Code.cannotWrite)
        case StorageError.notATarget, StorageError.membersNotNeeded, StorageError.badHost, StorageError.badProxy: self.init("\(error)", code: Code.badInput)
        case is FieldError, is JSONError, is QueryError, is MetricNotMeasured, is BundleError: self.init("\(error)", code: Code.badInput)
        case let error as CatalogError:
            if case .unknown = error { self.init("\(error)", code: Code.badInput) } else { self.init("\(error)", code: Code.unavailable) }
        case DatasetError.unwritable: self.init("\(error)", code: Code.unavailable)
        case is DatasetError, is ExperimentError, is StatisticsError, is NetworkError: self.init("\(error)", code: Code.badInput)
        case is StorageError, is ListenError: self.init("\(error)", code: Code.unavailable)
        case let error as ServerError: self.init(error.detail, code: Code.failed)
        default: self.init(ErrorSentence.of(error), code: Code.failed)
        }
    }

    /// A problem reported by the API.
    init(problem: JSONValue, status: Int) {
        let detail = problem["detail"]?.stringValue ?? "the server responded with status \(status)"
        switch status {
        case 400, 404, 409, 413, 415, 422: self.init(detail, code: Code.badInput)
        case 507: self.init(detail, code: Code.cannotWrite)
        case 401, 403, 503: self.init(detail, code: Code.unavailable)
        default: self.init(detail, code: Code.failed)
        }
    }
}

/// A command that reports errors as one sentence on standard error and a documented exit code.
protocol FidelioCommand: AsyncParsableCommand {
    /// - Returns: the exit code
    mutating func perform() async throws -> Int32
}

extension FidelioCommand {
    mutating func run() async throws {
        let code: Int32
        do {
            code = try await perform()
        } catch let error as ExitCode {
            throw error
        } catch let error as ValidationError {
            throw error
        } catch {
            let failure = CommandFailure(error)
            Console.complain(failure.sentence)
            code = failure.code
        }
        if code != 0 { throw ExitCode(code) }
    }
}
