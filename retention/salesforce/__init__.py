"""The CRM, Salesforce Service Cloud: implements `retention.services.crm.Crm` over its REST API."""
