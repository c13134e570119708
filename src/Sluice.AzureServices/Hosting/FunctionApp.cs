namespace Sluice.AzureServices.Hosting;

/// <summary>Which of the three apps this is: each checks and opens only what it uses.</summary>
public enum FunctionApp
{
    /// <summary>Takes webhooks in: needs the sources' secrets, and answers within a second and a half.</summary>
    Ingest,

    /// <summary>Delivers: needs the handlers.</summary>
    Process,

    /// <summary>Rings what is due and serves operators, for whom it verifies refused requests again: needs the sources' secrets too.</summary>
    Retry,
}
