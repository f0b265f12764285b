using System.CommandLine;

namespace Baton.Cli.Api;

/// <summary>The options of every verb that talks to the API; defined once, on the root.</summary>
internal static class ApiOptions
{
    public const string DefaultDataDirectory = "baton-data";

    public static readonly Option<string?> Url = new("--url")
    {
        Description = "The API's address (BATON_URL). Default: the cluster that runs on --data, else https://localhost:9443.",
        HelpName = "URL",
        Recursive = true,
    };

    public static readonly Option<string[]> User = new("--user")
    {
        Description = "User of the API (BATON_USER). With `up`: add it, or change its password; may be given several times.",
        HelpName = "NAME:PASSWORD",
        Recursive = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    public static readonly Option<string> Data = new("--data")
    {
        Description = "Directory of the cluster's state and data (BATON_DATA).",
        HelpName = "DIR",
        Recursive = true,
        DefaultValueFactory = _ =>
            Environment.GetEnvironmentVariable("BATON_DATA") is { Length: > 0 } directory ? directory : DefaultDataDirectory,
    };

    public static readonly Option<bool> Insecure = new("--insecure")
    {
        Description = "Accept any certificate of the API (BATON_INSECURE=1).",
        Recursive = true,
    };

    /// <summary>Each verb adds it itself, because some have one of their own.</summary>
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "JSON instead of text.",
    };

    /// <summary>How the verb reaches the API.</summary>
    /// <exception cref="ApiException">It cannot be known.</exception>
    public static BatonApi Connect(ParseResult parsed) => new(ApiAddress.Find(
        parsed.GetValue(Url), parsed.GetValue(User)?.LastOrDefault(), parsed.GetValue(Insecure), parsed.GetValue(Data)!));
}
