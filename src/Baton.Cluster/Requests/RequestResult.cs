using System.Collections.Immutable;

namespace Baton.Cluster.Requests;

/// <summary>What became of a request.</summary>
/// <param name="Errors">Empty when accepted; otherwise everything that is wrong with it, and nothing was changed.</param>
/// <param name="ActionUids">The operations it started, one per database; empty for a change that is done at once.</param>
/// <param name="DatabaseUid">For create and update: the database.</param>
public sealed record RequestResult(ImmutableArray<RequestError> Errors, ImmutableArray<string> ActionUids, int? DatabaseUid)
{
    /// <summary>True when it was accepted.</summary>
    public bool Accepted => Errors.IsEmpty;
}

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Kind">Decides the status code.</param>
/// <param name="Code">Redis Software's <c>error_code</c>: <c>port_unavailable</c>, <c>db_busy</c>, <c>invalid_replication</c> ...</param>
/// <param name="Message">What was wrong and what to do.</param>
/// <param name="Field">The request's field by its REST name, when it is one field.</param>
public sealed record RequestError(RequestErrorKind Kind, string Code, string Message, string? Field = null);

/// <summary>Decides the status code.</summary>
public enum RequestErrorKind
{
    /// <summary>400.</summary>
    Invalid,

    /// <summary>404.</summary>
    NotFound,

    /// <summary>406.</summary>
    NotAcceptable,

    /// <summary>409.</summary>
    Conflict,

    /// <summary>503: nothing can be changed now, whatever is asked.</summary>
    Unavailable,
}
