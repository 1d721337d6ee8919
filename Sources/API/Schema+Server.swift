import Datasets

extension Schema {
    /// RFC 9457, with a stable code and the field at fault.
    static let problem = Schema.named(
        "Problem",
        .object(
            ["type": .string, "title": .string, "status": .integer(400...599), "detail": .string, "code": .pattern("^[a-z]+(-[a-z]+)*$")],
            optional: ["field": .string]))

    static let status = Schema.either([ownStatus, guestStatus])

    private static let ownStatus = Schema.named(
        "Status",
        .object([
            "version": .string, "numerics": .count, "cores": .count, "kernels": .string,
            "workers": .object(["limit": .count, "busy": .count]), "queue": .object(["queued": .count, "running": .count]),
            "disk": .object(["used": .count, "free": .nullable(.count)]),
            "user": .object(["name": .string, "role": .role, "member": .nullable(.string)]), "time": .time,
        ]))

    /// What visitors with a share link are told.
    private static let guestStatus = Schema.named(
        "GuestStatus",
        .object([
            "version": .string, "numerics": .count, "time": .time,
            "user": .object(["name": .string, "role": .word(["guest"]), "member": .nullable(.string)]),
        ]))

    static let dataset = Schema.named(
        "Dataset",
        .object([
            "name": .string, "title": .string, "summary": .string, "kind": .string, "digest": .nullable(.digest), "ready": .boolean, "made_by_program": .boolean,
            "bytes": .nullable(.count), "images": .count, "height": .count, "width": .count, "channels": .count, "classes": .count,
            "splits": .map(.count), "encoder": .string, "encoders": .array(.string), "encoder_dataset": .nullable(.string), "message": .nullable(.string),
            "class_names": .nullable(.array(.string)), "left_out": .array(.object(["what": .string, "count": .count])), "notes": .array(.string),
            "source": .nullable(.string), "flips": .boolean, "windows": .nullable(.object(["height": .count, "whole": .boolean, "width": .count])), "low_resolution": .nullable(.object(["kernel": .string, "scale": .count])), "downloadable": .boolean, "modes": .nullable(.object(["centres": .array(.array(.real)), "deviation": .real])),
        ]))

    static let extractors = Schema.named(
        "Extractors",
        .object([
            "imported": .array(.object([
                "name": .string, "encoder": .string, "digest": .digest, "network": .string, "network_digest": .digest, "title": .string, "license": .string, "output": .string,
                "dimension": .count, "classes": .count, "file": .nullable(.string), "file_sha256": .nullable(.string), "format": .nullable(.string),
            ])),
            "known": .array(.object([
                "name": .string, "title": .string, "network_digest": .digest, "license": .string, "source": .string, "output": .string, "resize": .string,
            ])),
            "references": .array(.object([
                "name": .string, "network": .string, "samples": .nullable(.count), "dimension": .count, "digest": .digest, "file": .nullable(.string),
            ])),
        ]))

    static let datasetRequest = Schema.named(
        "DatasetRequest",
        .closed(["name": .text(1...64, pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"), "from": .text(1...4096, pattern: nil)], optional: datasetOptions))

    private static let datasetOptions: [String: Schema] = [
        "format": .word(OwnDataset.Format.allCases.map(\.rawValue)), "title": .text(1...200, pattern: nil), "crop": .text(1...100, pattern: nil),
        "size": .text(1...20, pattern: nil), "resize": .word(ImageRule.Resize.allCases.map(\.rawValue)),
        "leave_out": .list(.text(1...4096, pattern: nil), 0...1000, distinct: false), "skip_unreadable": .boolean, "max_bytes": .integer(1...1 << 46),
        "low_resolution": .integer(2...8), "low_resolution_kernel": .word(LowResolution.Kernel.allCases.map(\.rawValue)),
        "patches": .integer(1...PatchRule.most), "patch": .text(1...20, pattern: nil), "tiles": .boolean, "channels": .integer(1...3), "flips": .boolean,
        "window": .text(1...20, pattern: nil),
        "test": .integer(0...1 << 40),
    ]

    static let model = Schema.named(
        "Model",
        .object([
            "name": .string, "title": .string, "description": .string, "architectures": .array(.string), "metrics": .array(.string),
            "hyperparameters": .array(setting), "condition": .nullable(.string),
        ]))

    /// A hyperparameter of a model or an option of a metric.
    private static let setting = Schema.object(
        [
            "name": .string, "kind": .word(["real", "integer", "bool", "text"]), "default": .either([.real, .boolean, .string]),
            "description": .string, "minimum": .nullable(.real), "maximum": .nullable(.real), "scale": .word(["linear", "log"]),
        ], optional: ["values": .array(.any)])

    /// "final": only after the last step, because it is expensive.
    static let metric = Schema.named(
        "Metric",
        .object([
            "name": .string, "title": .string, "when": .word(["every", "final"]), "default": .boolean,
            "options": .array(setting),
            "values": .array(
                .object([
                    "name": .string, "title": .string, "label": .string, "unit": .nullable(.string), "digits": .count,
                    "direction": .word(["minimise", "maximise"]), "caution": .nullable(.string),
                ])),
        ]))
}
