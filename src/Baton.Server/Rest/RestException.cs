using Baton.Cluster.Requests;

namespace Baton.Server.Rest;

/// <summary>Ends the handling of a request with an error reply. Only thrown and caught inside <c>Rest/</c>.</summary>
internal sealed class RestException : Exception
{
    /// <summary>Creates the exception from what is wrong; the first error decides the status code.</summary>
    public RestException(IReadOnlyList<RequestError> errors)
        : base(errors[0].Message)
    {
        Errors = errors;
        Status = StatusOf(errors[0].Kind);
    }

    /// <summary>Creates the exception for one error with a status code of its own (413, 415 ...).</summary>
    public RestException(int status, string code, string message, string? field = null)
        : base(message)
    {
        Errors = [new RequestError(RequestErrorKind.Invalid, code, message, field)];
        Status = status;
    }

    /// <summary>HTTP status code.</summary>
    public int Status { get; }

    /// <summary>At least one.</summary>
    public IReadOnlyList<RequestError> Errors { get; }

    /// <summary>404 for an object that is not there.</summary>
    public static RestException NotFound(string code, string message, string? field = null) =>
        new([new RequestError(RequestErrorKind.NotFound, code, message, field)]);

    private static int StatusOf(RequestErrorKind kind) => kind switch
    {
        RequestErrorKind.NotFound => 404,
        RequestErrorKind.NotAcceptable => 406,
        RequestErrorKind.Conflict => 409,
        RequestErrorKind.Unavailable => 503,
        _ => 400,
    };
}
