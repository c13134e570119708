using Sluice.Diagnosis;

namespace Sluice.LocalHost.Commands;

/// <summary>The doctor's words, which are those of a host that looks at a request as it comes, as they fit a request that is looked at later.</summary>
internal static class VerifyWords
{
    public static VerifyAnswer Fit(VerifyAnswer answer, VerifySources sources, VerifyOptions options)
    {
        var isThen = answer.AtFrom != VerifyAnswer.Now;
        var url = options.Url is not null ? "--url" : sources.IsUrlKnown ? null : "the captured URL";
        return answer with { Causes = [.. answer.Causes.Select(cause => Fit(cause, isThen, url))] };
    }

    private static Cause Fit(Cause cause, bool isThen, string? url)
    {
        var (text, fix) = (cause.Text, cause.Fix);
        if (isThen && cause.Kind is CauseKind.ClockSkew or CauseKind.WrongToken)
        {
            text = text.Replace("this clock", "the time of arrival", StringComparison.Ordinal);
            fix = fix.Replace("compare the sender's clock with this one", "compare the sender's clock with the time of arrival", StringComparison.Ordinal);
        }

        if (url is not null && IsAboutUrl(cause.Kind))
        {
            text = text.Replace("PublicUrl", url, StringComparison.Ordinal);
            fix = fix.Replace("set PublicUrl to the URL", "give --url the URL", StringComparison.Ordinal);
        }

        return cause with { Text = text, Fix = fix };
    }

    private static bool IsAboutUrl(CauseKind kind) => kind is CauseKind.UrlScheme or CauseKind.UrlHost or CauseKind.UrlPort or CauseKind.UrlTrailingSlash or CauseKind.UrlPath or CauseKind.UrlQuery;
}
