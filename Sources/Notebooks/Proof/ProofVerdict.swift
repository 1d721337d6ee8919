/// What a proof found out about a run, a cell, or a whole notebook.
package enum ProofVerdict: String, Sendable, CaseIterable {
    /// Everything that was compared has the same bits.
    case identical
    case different
    /// It could not be decided; there is a reason.
    case undecided = "no-verdict"
    /// It cites no results.
    case uncited = "not-cited"

    /// The verdict in words.
    package var words: String {
        switch self {
        case .identical: "identical"
        case .different: "different"
        case .undecided: "no verdict"
        case .uncited: "not cited"
        }
    }
}

/// The first thing that is not the same when a run is repeated, or when a cell is drawn again.
package struct ProofDifference: Sendable, Hashable {
    /// Every kind.
    package static let kinds = ["metrics", "samples", "checkpoint", "evaluation", "outcome", "final", "tensor", "archive", "form", "value", "html", "stored", "results"]

    /// What differs: a series of training ("metrics"), "samples", "checkpoint", "evaluation", "outcome", "final"; a "tensor" or the file ("archive") of a checkpoint;
    /// of a cell a "form", a "value" of an expression, its "html", the stored bytes of one ("stored"), or the "results" that it rests on.
    package var kind: String
    /// The run; nil for a difference that belongs to a cell alone.
    package var run: String?
    /// Completed training steps; nil where no step is concerned.
    package var step: Int?
    /// The series, tensor, metric, form, or expression.
    package var name: String?
    /// What was cited; nil where it is missing.
    package var original: String?
    /// What the repetition gave; nil where it is missing.
    package var repeated: String?

    /// Makes a value.
    package init(_ kind: String, run: String? = nil, step: Int? = nil, name: String? = nil, original: String?, repeated: String?) {
        (self.kind, self.run, self.step, self.name, self.original, self.repeated) = (kind, run, step, name, original, repeated)
    }

    /// The difference in one sentence: "run 3f9c2a71b04d-1, step 20, tensor generator/w: 12ab… before, 34cd… again".
    package var description: String {
        func side(_ text: String?) -> String { text.map { $0.count > 80 ? "\($0.prefix(79))…" : $0 } ?? "nothing" }
        let place = [run.map { "run \($0)" }, step.map { "step \($0)" }, [kind, name].compactMap(\.self).joined(separator: " ")].compactMap(\.self)
        return "\(place.joined(separator: ", ")): \(side(original)) before, \(side(repeated)) again"
    }
}

/// A run that a notebook cites, and what its rerun gave.
package struct RunProof: Sendable, Hashable {
    /// A checkpoint of the run whose file does not have the content that its digest names.
    package struct Damage: Sendable, Hashable {
        /// Completed training steps.
        package var step: Int
        /// The digest of the checkpoint.
        package var digest: String
        /// The digest of the content that the file has; nil for a file that cannot be read as an archive.
        package var found: String?
        /// Why it cannot be read; nil for one that can.
        package var problem: String?
        /// The tensor at fault as far as the file itself says.
        package var tensor: String?
        /// Digests of the tensors in the file, by name.
        package var tensors: [String: String] = [:]

        /// Makes a record of a file with another content, or of one that cannot be read.
        package init(step: Int, digest: String, found: String? = nil, problem: String? = nil, tensor: String? = nil, tensors: [String: String] = [:]) {
            (self.step, self.digest, self.found, self.problem, self.tensor, self.tensors) = (step, digest, found, problem, tensor, tensors)
        }
    }

    /// An evaluation of a checkpoint beside training, and its repetition on the rerun's checkpoint.
    package struct Evaluation: Sendable, Hashable {
        /// The evaluation that was made.
        package var job: String
        /// Its repetition; nil until there is one.
        package var repeated: String?
        /// Why it cannot be repeated.
        package var problem: String?

        /// Makes a record.
        package init(job: String, repeated: String? = nil, problem: String? = nil) { (self.job, self.repeated, self.problem) = (job, repeated, problem) }
    }

    /// The run's id.
    package var run: String
    /// Whether it is to be rerun: all are, or those of the sample.
    package var isChosen = false
    /// The rerun's id; nil before there is one.
    package var rerun: String?
    /// Nil until the rerun was compared, and for a run that is not in the sample.
    package var verdict: ProofVerdict?
    /// Why there is no verdict.
    package var reason: String?
    /// What differs first.
    package var difference: ProofDifference?
    /// Values that were compared: training metrics, sample grids, evaluations, checkpoints.
    package var compared = 0
    /// Files of checkpoints that were read and have the content that their digests name.
    package var archives = 0
    /// Checkpoints whose files are not in the storage, which is no difference: the rerun writes them again.
    package var missing = 0
    /// Files that have another content.
    package var damages: [Damage] = []
    /// Evaluations beside training that the notebook may cite.
    package var evaluations: [Evaluation] = []
    /// Threads of the rerun, its kernels, machine, and program; nil before it has started.
    package var threads: Int?
    /// The kernel variant of the rerun.
    package var kernels: String?
    /// The machine of the rerun.
    package var host: String?
    /// The program version of the rerun.
    package var program: String?

    /// A run before anything is known.
    package init(run: String) { self.run = run }
}

/// A cell, and what drawing it again and rerunning its runs gave.
package struct CellProof: Sendable, Hashable {
    /// The cell's id.
    package var cell: String
    /// The kind of the cell.
    package var kind: String
    /// SHA-256 of what the author wrote: another one now means that the cell was edited since.
    package var source: String
    /// The digest of what the cell showed; nil for one that showed nothing.
    package var output: String?
    /// Nil until the proof has ended.
    package var verdict: ProofVerdict?
    /// What drawing the cell again gave by itself.
    package var redrawn: ProofVerdict
    /// Why there is no verdict, or what else has to be said.
    package var reason: String?
    /// What differs first.
    package var difference: ProofDifference?
    /// The runs that it cites.
    package var runs: [String] = []
    /// How many of them were rerun and compared.
    package var rerun = 0
    /// Forms (figures, tables, pictures) whose bytes were compared.
    package var forms = 0
    /// Bound expressions whose values were compared.
    package var expressions = 0

    /// Makes a record of a cell that was drawn again.
    package init(cell: String, kind: String, source: String, output: String?, redrawn: ProofVerdict, reason: String? = nil, difference: ProofDifference? = nil) {
        (self.cell, self.kind, self.source, self.output, self.redrawn, self.reason, self.difference) = (cell, kind, source, output, redrawn, reason, difference)
    }
}
