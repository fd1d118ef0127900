"""The CRM, Salesforce Service Cloud: implements `services.ports.crm.Crm` over its REST API."""
