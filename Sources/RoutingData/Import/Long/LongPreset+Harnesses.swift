import Foundation

/// What evaluation harnesses write.
extension LongPreset {
    static let harnesses = [
        LongPreset(
            "every-eval-ever",
            "<uuid>_samples.jsonl, schema 0.3: tokens and no costs; rows of one sample are trials",
            [
                .id: .at("sample_id"), .query: .at("input.raw"), .model: .at("model_id"),
                .dataset: .at("evaluation_name"), .score: .at("evaluation.score"),
                .tokensIn: .at("token_usage.input_tokens"), .tokensOut: .at("token_usage.output_tokens"),
                .latency: .at("performance.latency_ms"),
            ]
        ) { form in
            form.latencyScale = 1_000
            form.repeats = .trials
            form.accepts = { $0.contains("_samples.jsonl") }
        },
        LongPreset(
            "inspect",
            "what `inspect log dump F.eval` prints: epochs are trials, C, P, I, N are 1, 0.5, 0, 0",
            [
                .id: .at("id"), .query: .at("input"), .model: .at("^eval.model"), .served: .at("output.model"),
                .dataset: .at("^eval.task"),
                .score: .at("scores.?.value"), .trial: .at("epoch"),
                .tokensIn: .at("model_usage.$model.input_tokens"),
                .tokensOut: .at("model_usage.$model.output_tokens"),
                .cost: .at("model_usage.$model.total_cost"), .latency: .at("working_time", "total_time"),
            ]
        ) { form in
            form.rows = "samples"
            form.values = .grades
        },
        LongPreset(
            "lm-eval",
            "<model>/samples_<task>_<date>.jsonl, joined by doc_hash; without tokens and costs",
            [
                .id: .at("doc_hash", "doc_id"),
                .query: .at(
                    "doc.question",
                    "doc.query",
                    "doc.problem",
                    "doc.prompt",
                    "doc.input",
                    "arguments.gen_args_0.arg_0",
                    "arguments.0.0"
                ),
                .score: .at("$metrics"),
            ]
        ) { form in
            form.values = .bool
            form.acceptsOtherTexts = true
            form.accepts = { $0.hasPrefix("samples_") && $0.contains(".jsonl") }
            form.facts = { path in
                [.model: folder(of: path), .dataset: task(ofSamples: stem(of: path))]
            }
        },
        LongPreset(
            "vlmevalkit",
            "<model>/<model>_<benchmark>_<judge>_result.xlsx, tsv, csv or json with column hit; failed answers are missing",
            [
                .id: .at("index"), .query: .at("question"), .score: .at("hit", "score"), .image: .at("image_path"),
            ]
        ) { form in
            form.unanswered = [
                .init("prediction", is: "Failed to obtain answer via API."),
                .init("prediction", is: "Failed to obtain answer via API"),
            ]
            form.scoreAdvice = "these are answers without scores; score them first: vlmutil eval BENCHMARK FILE"
            form.accepts = { $0.contains("_result.") || $0.contains("_score.") }
            form.facts = vlmEvalKitNames
        },
        LongPreset(
            "promptfoo",
            "what `promptfoo eval --output results.json` writes; answers that ended in an error are missing",
            [
                .id: .at("testIdx"), .query: .at("prompt.raw"), .model: .at("provider.id", "provider"),
                .score: .at("score"), .cost: .at("cost"), .tokensIn: .at("response.tokenUsage.prompt"),
                .tokensOut: .at("response.tokenUsage.completion"), .latency: .at("latencyMs"),
            ]
        ) { form in
            form.rows = "results.results"
            form.latencyScale = 1_000
            form.unanswered = [.init("failureReason", is: "2")]
        },
    ]

    /// The file's name without `.gz` and its ending.
    static func stem(of path: String) -> String {
        var url = URL(fileURLWithPath: path)
        if url.pathExtension == "gz" { url.deletePathExtension() }
        return url.deletingPathExtension().lastPathComponent
    }

    /// The name of the folder around a file.
    static func folder(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().lastPathComponent
    }

    /// `samples_gsm8k_2024-01-01T00-00-00.0` is of `gsm8k`.
    private static func task(ofSamples stem: String) -> String {
        let parts = stem.dropFirst("samples_".count).split(separator: "_")
        let isDated = parts.count > 1 && parts.last?.wholeMatch(of: /\d{4}-\d{2}-\d{2}.*/) != nil
        return (isDated ? parts.dropLast() : parts[...]).joined(separator: "_")
    }

    /// The model is the folder that the file's name begins with; the rest, without `_result` and the judge, is the
    /// benchmark.
    private static func vlmEvalKitNames(path: String) -> [LongField: String] {
        let name = stem(of: path)
        let folders = URL(fileURLWithPath: path).deletingLastPathComponent().pathComponents.reversed()
        guard let model = folders.first(where: { name.hasPrefix($0 + "_") && $0 != "/" }) else {
            return [.model: folder(of: path)]
        }
        var rest = name.dropFirst(model.count + 1)
        for ending in ["_result", "_score", "_exact_matching"] where rest.hasSuffix(ending) {
            rest = rest.dropLast(ending.count)
        }
        let parts = rest.split(separator: "_")
        let hasJudge = parts.count > 1 && parts.last?.first?.isLowercase == true
        return [.model: model, .dataset: (hasJudge ? parts.dropLast() : parts[...]).joined(separator: "_")]
    }
}
