using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baton.Server.Rest;

/// <summary><c>/v1/users/authorize</c> and <c>/v1/users/refresh_jwt</c>: a token instead of the password in every request.</summary>
internal sealed class UsersResource(RestServices services)
{
    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost(RestRoutes.Authorize, (RequestDelegate)IssueAsync);
        app.MapPost(RestRoutes.RefreshToken, (RequestDelegate)IssueAsync);
    }

    /// <summary>The pipeline has found out who asks, by password or by an older token.</summary>
    private async Task IssueAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context, services.Clock, allowEmpty: true).ConfigureAwait(false);
        var fields = new FieldReader(body.RootElement);
        var life = fields.Integer("ttl", 1, TokenIssuer.MaxLife) ?? TokenIssuer.DefaultLife;
        fields.NothingElse("an authorize request");
        fields.ThrowIfWrong();
        await RestReply.JsonAsync(
            context, new JsonObject { ["access_token"] = services.Tokens.Issue(RestPipeline.UserOf(context), life) }).ConfigureAwait(false);
    }
}
